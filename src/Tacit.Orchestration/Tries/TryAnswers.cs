using System.Collections.Immutable;

namespace Tacit.Orchestration.Tries;

/// <summary>What is answered on this port.</summary>
/// <param name="Name">Of the interface.</param>
/// <param name="Routes">Method and path of each route.</param>
/// <param name="Superseded">Old routes and what took their place.</param>
public sealed record TriesIndexAnswer(string Name, ImmutableArray<string> Routes, ImmutableArray<SupersededAnswer> Superseded);

/// <summary>An old route and what took its place.</summary>
/// <param name="Route">Method and path.</param>
/// <param name="Successor">What to use.</param>
/// <param name="Why">What changed.</param>
public sealed record SupersededAnswer(string Route, string Successor, string Why);

/// <summary>A model's parameters.</summary>
/// <param name="Try">The run that they are of.</param>
/// <param name="Round">Rounds of training behind them.</param>
/// <param name="Format">float64, little-endian, in base64.</param>
/// <param name="Length">How many.</param>
/// <param name="Parameters">The parameters.</param>
public sealed record ModelAnswer(string Try, int Round, string Format, int Length, string Parameters);

/// <summary>A run, as this interface calls it.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="State">planned, running, stopped, finished or failed.</param>
/// <param name="Waiting">What it waits for, or empty.</param>
/// <param name="Iteration">Rounds of training that gave a model.</param>
/// <param name="Iterations">Rounds of the plan.</param>
/// <param name="Threshold">Participants that have to be there before the first round.</param>
/// <param name="CreatedAt">In UTC.</param>
public sealed record TryAnswer(string Id, string State, string Waiting, int Iteration, int Iterations, int Threshold, DateTimeOffset CreatedAt);

/// <summary>What a participant has to know before a run.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="Protocol">How sums are protected.</param>
/// <param name="Mode">malicious or semi-honest.</param>
/// <param name="Mechanism">What kind of noise.</param>
/// <param name="Threshold">Participants that have to be there before the first round.</param>
/// <param name="Plan">The plan as its owner wrote it, or null if it is not known as text.</param>
public sealed record InitialParametersAnswer(string Id, string Protocol, string Mode, string Mechanism, int Threshold, string? Plan);
