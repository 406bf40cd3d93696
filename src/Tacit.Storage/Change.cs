namespace Tacit.Storage;

/// <summary>Who changes something, and when: every change leaves an audit row with both.</summary>
/// <param name="Actor">A participant, a person or <c>coordinator</c>; 1 to 100 letters, digits, dots, dashes or underscores.</param>
/// <param name="At">The moment, by the caller's clock; kept to the microsecond, in UTC.</param>
public sealed record Change(string Actor, DateTimeOffset At);
