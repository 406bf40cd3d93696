namespace Tacit.Simulation.Attacks;

/// <summary>Which lists of an unmask request the target is put on.</summary>
internal enum RequestMove
{
    Survivor,
    Dropped,
    Both,
    Neither,

    /// <summary>As its view says, and then once more with the target on the other list.</summary>
    Twice,
}

/// <summary>Which signatures of the consistency check go with a request.</summary>
internal enum SignatureMove
{
    /// <summary>Of those who were shown the same survivors.</summary>
    OwnSide,

    /// <summary>Of those who signed the survivors that the request names.</summary>
    AsRequested,

    /// <summary>Whatever anybody signed.</summary>
    Everybodys,

    /// <summary>None.</summary>
    None,

    /// <summary>Of the same participants on the same survivors, in another round.</summary>
    Replayed,
}

/// <summary>One participant's part of a play.</summary>
internal readonly record struct Move(RequestMove Request, SignatureMove Signatures)
{
    public static Move[] All(bool signed) =>
        [.. from request in Enum.GetValues<RequestMove>()
            from signatures in signed ? Enum.GetValues<SignatureMove>() : [SignatureMove.None]
            select new Move(request, signatures)];
}

/// <summary>What a participant gave away for one move, as bits.</summary>
[Flags]
internal enum Given
{
    Nothing = 0,
    MaskKey = 1,
    SelfMask = 2,
}
