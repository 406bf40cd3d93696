using System.Collections.Immutable;

namespace Tacit.Learning.Models;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Layout">The tensors in the order of their bytes.</param>
/// <param name="Parameters">Length Layout.Count, all finite; owned by the receiver.</param>
/// <param name="Metadata">The string map <c>__metadata__</c>; empty when there is none.</param>
public sealed record SafetensorsFile(ParameterLayout Layout, float[] Parameters, ImmutableSortedDictionary<string, string> Metadata);
