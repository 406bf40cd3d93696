using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Curves;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Accounting.Lattice;
using Tacit.Privacy.Accounting.Numerics;
using Tacit.Privacy.Accounting.Renyi;
using Xunit;
using static Tacit.Tests.Privacy.Accounting.DistributedDiscreteGaussianTests;

namespace Tacit.Tests.Privacy.Accounting;

public sealed class AccountantTests
{
    private static readonly DistributedDiscreteGaussianParameters round = new(1, 0.01, 1024, 0.5, 0.5, 20);

    public static TheoryData<string> Names => ["pld", "rdp", "zcdp"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_costs_nothing_and_more_costs_more(string name)
    {
        IPrivacyAccountant accountant = Create(name, NeighboringRelation.AddOrRemoveOne);
        double nothing = accountant.Epsilon(1e-5);
        accountant.Compose(new GaussianEvent(3));
        double once = accountant.Epsilon(1e-5);
        accountant.Compose(new GaussianEvent(3), 3);

        Assert.Equal(0, nothing);
        Assert.InRange(once, GaussianAccounting.Epsilon(3, 1e-5), accountant.Epsilon(1e-5));
        Assert.InRange(accountant.Delta(accountant.Epsilon(1e-5)), 0, 1.01e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samplers_that_do_not_fit_the_relation_are_refused(string name)
    {
        SampledWithoutReplacementEvent batch = new(1000, 10, new GaussianEvent(1));

        Assert.False(Create(name, NeighboringRelation.ReplaceOne).TryCompose(new PoissonSampledEvent(0.1, new GaussianEvent(1)), 1, out string poisson));
        Assert.False(Create(name, NeighboringRelation.AddOrRemoveOne).TryCompose(batch, 1, out string fixedSize));
        Assert.False(Create(name, NeighboringRelation.ReplaceOne).TryCompose(new DistributedDiscreteGaussianEvent(round), 1, out string distributed));
        Assert.All([poisson, fixedSize, distributed], refusal => Assert.NotEmpty(refusal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_outside_their_ranges_are_refused(string name)
    {
        IPrivacyAccountant accountant = Create(name, NeighboringRelation.AddOrRemoveOne);

        Assert.Throws<ArgumentOutOfRangeException>(() => accountant.Compose(new GaussianEvent(double.NaN)));
        Assert.Throws<ArgumentOutOfRangeException>(() => accountant.Compose(new GaussianEvent(1), 0));
        accountant.Compose(new GaussianEvent(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => accountant.Epsilon(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => accountant.Delta(-1));
    }

    [Fact]
    public void The_trainer_s_sampler_is_the_only_one_that_is_accounted()
    {
        SamplingDeclaration shuffled = new(SamplingScheme.Shuffled, 60000, 256), poisson = new(SamplingScheme.Poisson, 60000, 256);
        PrivacyEvent steps = poisson.Steps(new GaussianEvent(1.1), 100);

        poisson.Confirm(steps);
        Assert.Contains("Shuffled", Assert.Throws<AccountantMismatchException>(() => shuffled.Confirm(steps)).Message, StringComparison.Ordinal);
        Assert.Throws<AccountantMismatchException>(() => poisson.Confirm(new PoissonSampledEvent(0.001, new GaussianEvent(1.1))));
        Assert.Equal(new SelfComposedEvent(new DeterministicBatchesEvent(new GaussianEvent(1.1)), 3), shuffled.Steps(new GaussianEvent(1.1), 471));
    }

    [Theory]
    [InlineData(0.01, 1.0)]
    [InlineData(0.5, 3.0)]
    [InlineData(0.0001, 0.4)]
    public void Quadrature_between_integers_meets_the_binomial_sum_at_them(double rate, double noise)
    {
        for (int order = 2; order <= 64; order *= 2)
        {
            double whole = SampledGaussian.Renyi(rate, noise, order);
            Near(whole, SampledGaussian.Renyi(rate, noise, order + 1e-9), 1e-6);
            Assert.InRange(SampledGaussian.Renyi(rate, noise, order + 0.5), whole, SampledGaussianSeries.Renyi(rate, noise, order + 0.5) * (1 + 1e-9));
        }
    }

    [Fact]
    public void A_sampled_discrete_Gaussian_costs_nearly_what_a_sampled_Gaussian_costs()
    {
        RenyiAccountant lattice = new(NeighboringRelation.AddOrRemoveOne), line = new(NeighboringRelation.AddOrRemoveOne);
        lattice.Compose(new PoissonSampledEvent(0.02, new DiscreteGaussianEvent(20, 10)), 100);
        line.Compose(new PoissonSampledEvent(0.02, new GaussianEvent(2)), 100);

        Assert.InRange(lattice.Epsilon(1e-5), line.Epsilon(1e-5) * (1 - 1e-9), line.Epsilon(1e-5) * 1.02);
    }

    [Theory]
    [InlineData(0.5, 1e-6)]
    [InlineData(8, 1e-5)]
    public void Calibrated_noise_keeps_the_target_and_hardly_more(double epsilon, double delta)
    {
        IPrivacyAccountant Run(double noise)
        {
            RenyiAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
            accountant.Compose(new PoissonSampledEvent(0.02, new GaussianEvent(noise)), 500);
            return accountant;
        }

        Assert.InRange(Run(Calibration.NoiseMultiplier(epsilon, delta, Run)).Epsilon(delta), epsilon * 0.999, epsilon);
    }

    [Fact]
    public void Noise_that_changes_nothing_cannot_be_calibrated() =>
        Assert.Throws<ArgumentException>(() => Calibration.NoiseMultiplier(1, 1e-5, _ =>
        {
            RenyiAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
            accountant.Compose(new GaussianEvent(0.1));
            return accountant;
        }));

    [Fact]
    public void An_accuracy_budget_has_its_price()
    {
        Near(1, Calibration.EpsilonOfGaussian(3 * GaussianAccounting.NoiseMultiplier(1, 1e-5), 3, 1e-5), 1e-9);
        Near(0.5, Calibration.EpsilonOfLaplace(Math.Sqrt(2) * 4, 2), 1e-12);
    }

    [Fact]
    public void Sums_of_discrete_Gaussians_are_the_same_by_convolution_and_by_cosines()
    {
        for (int count = 1; count <= 9; count++)
        {
            SummedDiscreteGaussian direct = new(0.75 - 1e-12, count), cosines = new(0.75, count);
            for (int x = 0; x <= 6; x++) Assert.InRange(direct.LogProbability(x) - cosines.LogProbability(x), -1e-10, 1e-10);
            if (count > 1) Assert.InRange(Math.Exp(cosines.LogLargestRatio() - DistributedDiscreteGaussianAccounting.LogTau(0.75, count)), 0, 0.5);
        }
    }

    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(1.0, 0.15865525393145705)]
    [InlineData(5.0, 2.866515718791939e-7)]
    [InlineData(7.5, 3.190891672910896e-14)]
    [InlineData(20.0, 2.753624118606234e-89)]
    [InlineData(-1.0, 0.84134474606854293)]
    public void Normal_tails_have_all_their_digits(double t, double tail)
    {
        Near(tail, NormalTails.Upper(t), 1e-13);
        Near(Math.Log(tail), NormalTails.LogUpper(t), 1e-12);
    }

    private static IPrivacyAccountant Create(string name, NeighboringRelation relation) => name switch
    {
        "pld" => new PrivacyLossAccountant(relation),
        "rdp" => new RenyiAccountant(relation),
        _ => new ConcentratedAccountant(relation),
    };
}
