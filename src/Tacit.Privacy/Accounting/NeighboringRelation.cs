namespace Tacit.Privacy.Accounting;

/// <summary>Which two data sets must be hard to tell apart. It decides the sensitivity; every guarantee names its own.</summary>
public enum NeighboringRelation
{
    /// <summary>One holds a record, or a participant, more. A sum of vectors clipped to C has sensitivity C.</summary>
    AddOrRemoveOne,

    /// <summary>One record is another. A sum of vectors clipped to C has sensitivity 2C. The number of records is public.</summary>
    ReplaceOne,

    /// <summary>One record contributes the zero vector. A sum has sensitivity C. The number of records is public.</summary>
    ZeroOut,
}
