namespace Tacit.Cli.Diagnosis;

/// <summary>How much a finding matters.</summary>
internal enum Weight
{
    /// <summary>As it should be.</summary>
    Good = 0,

    /// <summary>Works, and could be better.</summary>
    Advice = 1,

    /// <summary>Something will not work, or is not safe.</summary>
    Problem = 2,
}

/// <summary>What was looked at, what was found, and the way out.</summary>
internal sealed record Finding(string Name, Weight Weight, string Found, string WayOut = "")
{
    public static Finding Good(string name, string found) => new(name, Weight.Good, found);

    public static Finding Advice(string name, string found, string wayOut) => new(name, Weight.Advice, found, wayOut);

    public static Finding Problem(string name, string found, string wayOut) => new(name, Weight.Problem, found, wayOut);
}
