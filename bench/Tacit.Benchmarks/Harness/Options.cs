namespace Tacit.Benchmarks.Harness;

/// <summary>How to run.</summary>
/// <param name="Quick">Fewer repeats and smaller sizes: to see that everything works, not to quote.</param>
internal sealed record Options(bool Quick)
{
    /// <summary>Repeats of short measurements.</summary>
    public int Repeats => Quick ? 3 : 9;

    /// <summary>Repeats of measurements of milliseconds and below: more of them cost nothing.</summary>
    public int ManyRepeats => Quick ? 9 : 25;
}

/// <summary>One area of the product and its bars.</summary>
internal interface IBenchmark
{
    string Name { get; }

    string Summary { get; }

    void Run(Section section, Options options);
}
