using System.Collections.Immutable;

namespace Tacit.Orchestration.Documents;

/// <summary>What was looked at, for operators.</summary>
/// <param name="Ready">Whether everything holds.</param>
/// <param name="Checks">Each check.</param>
public sealed record HealthAnswer(bool Ready, ImmutableArray<HealthCheckAnswer> Checks);

/// <summary>One check.</summary>
/// <param name="Name">store, certificate or audit.</param>
/// <param name="Holds">Whether it is as it has to be.</param>
/// <param name="Detail">What was found.</param>
public sealed record HealthCheckAnswer(string Name, bool Holds, string Detail);
