using System.CommandLine;
using Tacit.Cli.Accounts;
using Tacit.Cli.Output;
using Tacit.Privacy.Accounting.Distributed;

namespace Tacit.Cli.Verbs;

/// <summary>The options of distributed noise.</summary>
internal sealed class DistributedOptions
{
    private readonly Option<string?> clip = Arguments.Text("--clip", "c: L2 norm that one participant's vector is clipped to.", "C");
    private readonly Option<string?> granularity = Arguments.Text("--granularity", "γ: the value of one integer step.", "G");
    private readonly Option<string?> dimension = Arguments.Text("--dimension", "D: coordinates after padding.", "D");
    private readonly Option<string?> beta = Arguments.Text("--beta", "Bias of conditional rounding, in [0, 1) (exp(−1/2)).", "B");
    private readonly Option<string?> noise = Arguments.Text("--noise", "σ that each participant adds, unscaled.", "S");
    private readonly Option<string?> participants = Arguments.Text("--participants", "n: honest participants that are present; colluding and dropped ones do not count.", "N");
    private readonly Option<string?> rounds = Arguments.Text("--rounds", "T: rounds (1).", "T");
    private readonly Option<string?> sampling = Arguments.Text("--sampling", "q: each participant takes part with this probability (1).", "Q");

    public void AddTo(Command command)
    {
        foreach (Option<string?> option in All) command.Options.Add(option);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option<string?>> All => [clip, granularity, dimension, beta, noise, participants, rounds, sampling];

    public DistributedDiscreteGaussianParameters Read(ParseResult parsed) => new(
        AccountOptions.Required(AccountOptions.Positive(parsed, clip), clip),
        AccountOptions.Required(AccountOptions.Positive(parsed, granularity), granularity),
        Arguments.RequiredInteger(parsed, dimension, 1),
        AccountOptions.BetaOf(parsed, beta) ?? Math.Exp(-0.5),
        AccountOptions.Required(AccountOptions.NoiseOf(parsed, noise), noise),
        Arguments.RequiredInteger(parsed, participants, 1));

    public (double Rate, int Rounds) Sampling(ParseResult parsed) => (AccountOptions.RateOf(parsed, sampling) ?? 1, Arguments.Integer(parsed, rounds, 1) ?? 1);
}
