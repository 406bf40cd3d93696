using System.Text.Json;
using Tacit.Privacy.Mechanisms;
using Tacit.Tests.Vectors;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Privacy.Mechanisms;

public sealed class CalibrationVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Delta_of_gaussian_noise_agrees() => Check("dp_gaussian_delta", 20, (parameters, expected) => Near(
        GaussianCalibration.Delta(parameters.Number("sigma"), parameters.Number("epsilon"), L2(parameters)), expected.Number("delta_str"), 1e-12));

    [Fact]
    public void Epsilon_of_gaussian_noise_agrees() => Check("dp_gaussian_epsilon", 10, (parameters, expected) => Near(
        GaussianCalibration.Epsilon(parameters.Number("sigma"), parameters.Number("delta"), L2(parameters)), expected.Number("epsilon_str"), 1e-12));

    [Fact]
    public void Calibrated_sigma_agrees() => Check("dp_gaussian_analytic_sigma", 23, (parameters, expected) => Near(
        GaussianCalibration.Sigma(parameters.Number("epsilon"), parameters.Number("delta"), L2(parameters)), expected.Number("sigma_str"), 1e-12));

    [Fact]
    public void The_classic_sigma_agrees_and_is_refused_where_it_does_not_hold() => Check("dp_gaussian_classic", 5, (parameters, expected) =>
    {
        (double epsilon, double delta) = (parameters.Number("epsilon"), parameters.Number("delta"));
        if (!Near(GaussianCalibration.Sigma(epsilon, delta, L2(parameters)), expected.Number("analytic_sigma"), 1e-9)) return false;
        if (expected.GetProperty("valid").GetBoolean()) return Near(GaussianCalibration.ClassicSigma(epsilon, delta, L2(parameters)), expected.Number("sigma"), 1e-12);
        return Assert.Throws<ArgumentOutOfRangeException>(() => GaussianCalibration.ClassicSigma(epsilon, delta, L2(parameters))).ParamName == "epsilon";
    });

    [Fact]
    public void The_laplace_scale_agrees() => Check("dp_laplace_scale", 3, (parameters, expected) =>
    {
        double scale = LaplaceMechanism.Scale(new L1Sensitivity(parameters.Number("l1_sensitivity")), parameters.Number("epsilon"));
        return Near(scale, expected.Number("scale"), 1e-12) && Near(scale * Math.Sqrt(2), expected.Number("stddev"), 1e-12)
            && Near(Math.Exp(-1 / scale) / 2, expected.Number("cdf_at_-1"), 1e-12);
    });

    [Fact]
    public void Binary_randomised_response_agrees() => Check("dp_randomized_response_binary", 3, (parameters, expected) =>
    {
        RandomizedResponse response = RandomizedResponse.Create(parameters.Number("epsilon"));
        return Near(response.TruthProbability, expected.Number("truth_probability"), 1e-12)
            && Near(response.OtherProbability, expected.Number("lie_probability"), 1e-12)
            && Near(response.ShareVariance((long)parameters.Number("n")), expected.Number("estimator_variance_any_input"), 1e-12);
    });

    [Fact]
    public void Randomised_response_of_many_choices_agrees() => Check("dp_randomized_response_kary", 7, (parameters, expected) =>
    {
        RandomizedResponse response = RandomizedResponse.Create(parameters.Number("epsilon"), parameters.Int("k"));
        return Near(response.TruthProbability, expected.Number("p_true"), 1e-10) && Near(response.OtherProbability, expected.Number("p_each_other"), 1e-10);
    });

    [Fact]
    public void Unary_encoding_agrees() => Check("dp_unary_encoding_oue", 3, (parameters, expected) =>
    {
        UnaryEncoding encoding = UnaryEncoding.Create(parameters.Number("epsilon"), 10);
        return encoding.TrueProbability == expected.Number("p") && Near(encoding.OtherProbability, expected.Number("q"), 1e-12)
            && Near(encoding.RareShareVariance((long)parameters.Number("n")), expected.Number("variance_rare_item"), 1e-12);
    });

    [Fact]
    public void The_renyi_bound_of_skellam_noise_agrees() => Check("dp_skellam_rdp_scalar", 4, (parameters, expected) => Near(
        SkellamMechanism.Create(new L1Sensitivity(parameters.Number("l1_sensitivity")), L2(parameters), parameters.Number("variance"))
            .RenyiEpsilon(parameters.Number("order")), expected.Number("rdp_bound_agarwal2021"), 1e-12));

    private void Check(string name, int count, Func<JsonElement, JsonElement, bool> agrees)
    {
        if (SharedVectors.Find(name, output) is not { } file) return;
        Tally tally = new(file, output);
        foreach (JsonElement vector in file.Cases) tally.Check(vector, agrees(vector.GetProperty("params"), vector.GetProperty("expected")));
        tally.AssertComplete(publicChecked: count);
    }

    private static L2Sensitivity L2(JsonElement parameters) => new(parameters.Number("l2_sensitivity"));

    private static bool Near(double value, double expected, double tolerance) => Math.Abs(value - expected) <= tolerance * Math.Abs(expected);
}
