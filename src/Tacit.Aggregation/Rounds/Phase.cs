namespace Tacit.Aggregation.Rounds;

/// <summary>One exchange inside a round (Bonawitz et al. 2017, Figure 4, call them Round 0 to Round 4).</summary>
public enum Phase
{
    /// <summary>Participants publish ephemeral keys. In graph protocols the neighbours are drawn here too.</summary>
    AdvertiseKeys = 0,

    /// <summary>Participants share their secrets among their neighbours.</summary>
    ShareKeys = 1,

    /// <summary>Participants send their vectors, protected.</summary>
    MaskedInput = 2,

    /// <summary>Participants sign whom they believe to be included.</summary>
    ConsistencyCheck = 3,

    /// <summary>Participants open the masks that stand between the coordinator and the sum.</summary>
    Unmasking = 4,
}

/// <summary>Names of phases on the command line and in reports.</summary>
public static class PhaseNames
{
    private static readonly string[] names = ["advertise-keys", "share-keys", "masked-input", "consistency-check", "unmasking"];

    /// <summary>All names in the order of the phases.</summary>
    public static IReadOnlyList<string> All => names;

    /// <summary>The name of a phase, such as <c>masked-input</c>.</summary>
    /// <param name="phase">A defined phase.</param>
    public static string Name(this Phase phase) => names[(int)phase];

    /// <summary>Reads a name.</summary>
    /// <param name="name">Such as <c>masked-input</c>.</param>
    /// <param name="phase">The phase on success.</param>
    public static bool TryParse(string name, out Phase phase)
    {
        int index = Array.IndexOf(names, name);
        phase = (Phase)Math.Max(index, 0);
        return index >= 0;
    }
}
