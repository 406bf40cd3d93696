using Tacit.Simulation.Conformance;
using Xunit;

namespace Tacit.Tests.Faults;

/// <summary>Seeds of <see cref="FaultSchedule.Draw"/> that failed once, or that reach a corner that few others reach. They stay for ever.</summary>
public sealed class Reproductions
{
    /// <summary>The seed, and what makes it worth keeping.</summary>
    public static TheoryData<ulong, string> Seeds => new()
    {
        { 746, "stalled uploads are given up at a deadline, and the others complete" },
        { 883, "stalled uploads are given up and too few are left" },
        { 287, "a key is refused, shares do not open, and the rest contradict each other" },
        { 933, "a wrong share is named and the round completes" },
        { 2157, "a wrong share ends a round in malicious mode" },
        { 2667, "a key is refused, a participant is left behind, and shares contradict each other" },
        { 2402, "a participant refuses the survivors, and shares contradict each other" },
        { 2756, "a participant refuses the unmask request" },
        { 2684, "a share is refused because it is not canonical" },
        { 356, "coins do not match their commitment, and the others complete" },
        { 797, "a participant refuses the graph, and the others complete" },
        { 2376, "a participant of a graph refuses a malformed message, and the others complete" },
        { 651, "messages of a graph round come twice" },
        { 1042, "a participant refuses the survivors, and the others complete" },
        { 159, "a participant that is left behind ends its round by itself" },
        { 303, "a participant refuses a stranger, and the others complete" },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_seed_that_was_worth_keeping_still_conforms(ulong seed, string reason)
    {
        string violations = FaultSchedule.Violations(FaultSchedule.Draw(seed), out ConformanceResult? _);

        Assert.True(violations.Length == 0, $"{reason}: {violations}");
    }
}
