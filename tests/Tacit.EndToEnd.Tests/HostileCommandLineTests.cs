using System.Diagnostics;
using System.IO;
using Xunit;

namespace Tacit.EndToEnd.Tests;

/// <summary>The cases of hostile_inputs.json that touch the command line.</summary>
public sealed class HostileCommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Numbers => folder.Write("n.csv", "1,2,3\n4,5,6\n7,8,9\n10,11,12\n");

    [Fact]
    public void An_unknown_verb_suggests_the_nearest_hostile_139() => TacitProcess.Run("agregate").AssertFails("UNKNOWN_COMMAND", 2, "did you mean aggregate?");

    [Fact]
    public void An_option_without_value_is_named_hostile_141() => TacitProcess.Run("aggregate", "--bits").AssertFails("MISSING_VALUE", 2, "--bits");

    [Fact]
    public void A_decimal_comma_is_never_fifteen_hostile_142() =>
        TacitProcess.Run("parameters", "secagg-plus", "--participants", "100", "--drop", "0.1", "--corrupt", "1,5").AssertFails("INVALID_NUMBER", 2, "1,5", "write 1.5");

    [Fact]
    public void A_German_locale_changes_nothing_hostile_143()
    {
        TacitProcess.Result result = TacitProcess.Run(
            new Dictionary<string, string> { ["LANG"] = "de_DE.UTF-8", ["LC_ALL"] = "de_DE.UTF-8", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0" },
            "parameters", "secagg-plus", "--participants", "1000", "--corrupt", "0.05", "--drop", "0.05", "--json");

        Assert.Equal(0, result.Exit);
        Assert.Contains("\"corrupt\":0.05", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_beyond_all_bounds_is_refused_hostile_144() =>
        TacitProcess.Run("simulate", "plan.yaml", "--seed", "99999999999999999999").AssertFails("INVALID_NUMBER", 2, "0 to");

    [Fact]
    public void A_reader_that_goes_away_ends_it_quietly_hostile_150()
    {
        if (OperatingSystem.IsWindows()) return;
        ProcessStartInfo start = new("sh") { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"dotnet '{Path.Combine(AppContext.BaseDirectory, "tacit.dll")}' explain | head -1");

        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();

        Assert.Empty(error);
    }

    [Theory]
    [InlineData("--private-key")]
    [InlineData("--password=x")]
    public void A_secret_on_the_command_line_is_refused_hostile_152(string option) =>
        TacitProcess.Run("aggregate", option, "value").AssertFails("SECRET_ON_COMMAND_LINE", 2, option.Split('=')[0]);

    [Fact]
    public void An_unknown_option_suggests_the_nearest() => TacitProcess.Run("aggregate", "--protocl", "x").AssertFails("UNKNOWN_OPTION", 2, "did you mean --protocol?");

    [Fact]
    public void A_required_option_is_named() => TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", Numbers).AssertFails("MISSING_VALUE", 2, "--bits");

    [Fact]
    public void An_unknown_protocol_names_the_known_ones() => TacitProcess.Run("aggregate", "--protocol", "sekagg", "--in", Numbers, "--bits", "8").AssertFails("INVALID_VALUE", 3, "plain-sum, secagg, secagg-plus");

    [Fact]
    public void A_value_beyond_the_modulus_is_named_with_line_and_column() => TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", Numbers, "--bits", "3").AssertFails("ELEMENT_OUT_OF_RANGE", 3, "line 3, column 2", "[0, 7]");

    [Fact]
    public void A_threshold_that_the_mode_does_not_allow_is_refused() => TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", Numbers, "--bits", "8", "--threshold", "2").AssertFails("THRESHOLD_NOT_ALLOWED", 3, "2t > n + c", "3…4");

    [Fact]
    public void A_round_below_its_threshold_ends_with_the_protocol_s_exit_code() =>
        TacitProcess.Run("aggregate", "--protocol", "secagg", "--in", Numbers, "--bits", "8", "--threshold", "3", "--drop", "1@masked-input", "--drop", "2@masked-input").AssertFails("COHORT_BELOW_THRESHOLD", 5, "have 2", "need 3");

    [Fact]
    public void Infeasible_parameters_name_the_nearest_feasible() =>
        TacitProcess.Run("parameters", "secagg-plus", "--participants", "1000", "--corrupt", "0.33", "--drop", "0.33", "--split-view").AssertFails("PARAMETERS_INFEASIBLE", 3, "nearest feasible");

    [Fact]
    public void Every_verb_has_help_with_examples()
    {
        foreach (string verb in new[] { "demo", "simulate", "aggregate", "parameters secagg-plus", "explain" })
        {
            TacitProcess.Result result = TacitProcess.Run([.. verb.Split(' '), "--help"]);

            Assert.Equal(0, result.Exit);
            Assert.Contains("Examples:", result.Output, StringComparison.Ordinal);
            Assert.Contains($"tacit {verb}", result.Output, StringComparison.Ordinal);
            Assert.Contains("--json", result.Output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => folder.Dispose();
}
