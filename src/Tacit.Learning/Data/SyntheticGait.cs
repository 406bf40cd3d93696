namespace Tacit.Learning.Data;

/// <summary>How a typical person moves in one activity. Accelerations in g at the trunk, rotations in rad/s.</summary>
/// <param name="Cadence">Steps per second relative to the person's own on level ground.</param>
/// <param name="Vertical">Amplitudes at 1, 2 and 3 times the step frequency; impacts live in the higher ones.</param>
/// <param name="Forward">Amplitudes at 1 and 2 times the step frequency.</param>
/// <param name="Sideways">Amplitudes at 1/2 and 3/2 of the step frequency: left and right alternate.</param>
/// <param name="Rotation">Amplitudes of yaw, pitch and roll.</param>
internal sealed record SyntheticGait(double Cadence, double[] Vertical, double[] Forward, double[] Sideways, double[] Rotation)
{
    /// <summary>Walking on level ground, upstairs (slow, low peaks, the trunk pitches) and downstairs (quick, hard impacts).</summary>
    public static IReadOnlyList<SyntheticGait> Typical { get; } =
    [
        new(1.00, [0.22, 0.07, 0.03], [0.13, 0.05], [0.10, 0.05], [0.45, 0.30, 0.35]),
        new(0.82, [0.15, 0.05, 0.02], [0.17, 0.05], [0.12, 0.04], [0.40, 0.50, 0.40]),
        new(1.10, [0.42, 0.34, 0.27], [0.24, 0.20], [0.14, 0.11], [0.75, 0.45, 0.62]),
    ];
}
