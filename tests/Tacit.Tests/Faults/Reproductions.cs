using Tacit.Simulation.Conformance;
using Xunit;

namespace Tacit.Tests.Faults;

/// <summary>Seeds of <see cref="FaultSchedule.Draw"/> that failed once, or that reach a corner that few others reach. They stay for ever.</summary>
public sealed class Reproductions
{
    /// <summary>The seed, and what makes it worth keeping.</summary>
    public static TheoryData<ulong, string> Seeds => new()
    {
        { 746, "uploads in progress are given up at a deadline, and the others complete" },
        { 883, "uploads in progress are given up and too few are left" },
        { 287, "shares that do not open, and then contradict each other" },
        { 933, "a wrong share is corrected" },
        { 2157, "a wrong share in malicious mode is noticed and cannot be corrected" },
        { 2667, "every participant's roster is altered in its own way" },
        { 2402, "survivors altered on the way to one participant, inconsistent shares from another" },
        { 2756, "the check of the survivors is lost, the unmask request arrives" },
        { 2684, "a share that opens and is not canonical" },
        { 356, "coins that do not match their commitment; the graph goes on without them" },
        { 797, "a participant refuses the graph; its neighbours go on" },
        { 2376, "a graph message is malformed for one participant only" },
        { 651, "duplicates in every phase of a graph round" },
        { 1042, "one participant is shown other survivors; the others complete" },
        { 159, "participants that are left behind end their rounds by themselves" },
        { 303, "the transport delivers a roster with a stranger" },
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_seed_that_was_worth_keeping_still_conforms(ulong seed, string reason)
    {
        string violations = FaultSchedule.Violations(FaultSchedule.Draw(seed), out ConformanceResult? _);

        Assert.True(violations.Length == 0, $"{reason}: {violations}");
    }
}
