using System.Numerics;
using Tacit.Learning.Kernels;

namespace Tacit.Learning.Data;

/// <summary>One made-up person with a phone: a style drawn once, then windows of each activity.</summary>
/// <remarks>Trunk axes: x up, y forward, z to the side. The phone's axes are the trunk's turned by the way it is mounted.</remarks>
internal sealed class SyntheticPerson
{
    private const int Sitting = 3;
    private const int Standing = 4;

    private readonly double cadence;
    private readonly double strength;
    private readonly double[] style = new double[10];
    private readonly double[] phases = new double[10];
    private readonly Quaternion mounting;
    private readonly double[] tilts;
    private readonly double lyingSide;
    private readonly double breathing;
    private readonly Vector3 accelerationBias;
    private readonly Vector3 rotationBias;
    private StatisticalGenerator random;
    private double stepPhase;

    public SyntheticPerson(StatisticalGenerator generator)
    {
        random = generator;
        cadence = random.NextBetween(1.6, 2.1);
        strength = Math.Exp(0.12 * Trait());
        for (int i = 0; i < style.Length; i++)
        {
            style[i] = Math.Exp(0.09 * Trait());
            phases[i] = 0.2 * Trait() + i;
        }
        mounting = Turn(0.08 * Trait(), 0.08 * Trait(), 0.04 * Trait());
        double upright = 0.04 * Trait();
        tilts = [upright, upright + 0.12, upright - 0.05, upright - 0.23 + 0.06 * Trait(), upright + 0.03 * Trait()];
        lyingSide = random.NextBetween(-0.7, 0.7);
        breathing = random.NextBetween(0.2, 0.33);
        accelerationBias = 0.02f * Noise();
        rotationBias = 0.015f * Noise();
    }

    /// <summary>Overwrites one window, [9, 128]: body acceleration, rotation, total acceleration.</summary>
    public void Record(int activity, Span<float> window)
    {
        (Quaternion posture, Vector3 gravity) = Posture(activity);
        Span<Vector3> acceleration = stackalloc Vector3[Activities.WindowSteps], rotation = stackalloc Vector3[Activities.WindowSteps];
        if (activity < SyntheticGait.Typical.Count) Walk(SyntheticGait.Typical[activity], acceleration, rotation);
        else Rest(activity, acceleration, rotation);

        Quaternion toPhone = Quaternion.Normalize(mounting * Quaternion.Slerp(Quaternion.Identity, posture, 0.3f));
        const int steps = Activities.WindowSteps;
        for (int t = 0; t < steps; t++)
        {
            Vector3 body = Vector3.Transform(acceleration[t], toPhone) + 0.012f * Noise();
            Vector3 turn = Vector3.Transform(rotation[t], toPhone) + 0.02f * Noise() + rotationBias;
            Vector3 total = body + gravity + accelerationBias;
            for (int axis = 0; axis < 3; axis++)
            {
                window[axis * steps + t] = body[axis];
                window[(3 + axis) * steps + t] = turn[axis];
                window[(6 + axis) * steps + t] = total[axis];
            }
        }
    }

    private (Quaternion Posture, Vector3 Gravity) Posture(int activity)
    {
        double jitter = activity is Sitting or Standing ? 0.03 : 0.05;
        Quaternion posture = activity < tilts.Length
            ? Turn(0.02 * random.NextNormal(), jitter * random.NextNormal(), tilts[activity] + jitter * random.NextNormal())
            : Turn(lyingSide + 0.1 * random.NextNormal(), 0, Math.PI / 2 + 0.15 * random.NextNormal());
        return (posture, Vector3.Transform(Vector3.UnitX, Quaternion.Normalize(mounting * posture)));
    }

    private void Walk(SyntheticGait gait, Span<Vector3> acceleration, Span<Vector3> rotation)
    {
        double frequency = cadence * gait.Cadence * (1 + 0.04 * random.NextNormal());
        double effort = strength * Math.Exp(0.08 * random.NextNormal());
        Span<double> amplitude = stackalloc double[10];
        for (int i = 0; i < amplitude.Length; i++)
        {
            double typical = i < 3 ? gait.Vertical[i] : i < 5 ? gait.Forward[i - 3] : i < 7 ? gait.Sideways[i - 5] : gait.Rotation[i - 7];
            amplitude[i] = typical * effort * style[i] * Math.Exp(0.1 * random.NextNormal());
        }
        for (int t = 0; t < acceleration.Length; t++)
        {
            double p = stepPhase + 2 * Math.PI * frequency * t / Activities.SampleRate;
            acceleration[t] = new Vector3(
                (float)(Wave(amplitude, 0, p) + Wave(amplitude, 1, 2 * p) + Wave(amplitude, 2, 3 * p)),
                (float)(Wave(amplitude, 3, p) + Wave(amplitude, 4, 2 * p)),
                (float)(Wave(amplitude, 5, p / 2) + Wave(amplitude, 6, 1.5 * p)));
            rotation[t] = new Vector3((float)Wave(amplitude, 7, p / 2), (float)Wave(amplitude, 9, p / 2), (float)Wave(amplitude, 8, p));
        }
        stepPhase += 2 * Math.PI * frequency * acceleration.Length / Activities.SampleRate + 0.3 * random.NextNormal();
        stepPhase %= 4 * Math.PI;
    }

    private double Wave(Span<double> amplitude, int i, double phase) => amplitude[i] * Math.Sin(phase + phases[i]);

    /// <summary>Standing people sway a little more than sitting ones; lying ones only breathe.</summary>
    private void Rest(int activity, Span<Vector3> acceleration, Span<Vector3> rotation)
    {
        double sway = activity switch { Standing => 0.008, Sitting => 0.005, _ => 0.002 } * strength * Math.Exp(0.3 * random.NextNormal());
        double swayRate = random.NextBetween(0.25, 0.6), start = random.NextBetween(0, 2 * Math.PI), side = random.NextBetween(-1, 1);
        double chest = activity is Sitting or Standing ? 0.002 : 0.006;
        for (int t = 0; t < acceleration.Length; t++)
        {
            double seconds = t / Activities.SampleRate;
            double lean = Math.Sin(start + 2 * Math.PI * swayRate * seconds), breath = Math.Sin(2 * start + 2 * Math.PI * breathing * seconds);
            acceleration[t] = new Vector3((float)(chest * 0.3 * breath), (float)(sway * lean + chest * breath), (float)(sway * side * lean));
            rotation[t] = new Vector3(0, (float)(2 * sway * side * lean), (float)(3 * sway * lean + chest * breath));
        }
    }

    /// <summary>
    /// A normal number drawn again until it is within 1.8 deviations: nobody is so odd that 30 persons cannot stand for them.
    /// </summary>
    private double Trait()
    {
        double drawn;
        do drawn = random.NextNormal();
        while (Math.Abs(drawn) > 1.8);
        return drawn;
    }

    private Vector3 Noise() => new(random.NextSensorNoise(), random.NextSensorNoise(), random.NextSensorNoise());

    private static Quaternion Turn(double aboutUp, double aboutForward, double aboutSide) =>
        Quaternion.CreateFromAxisAngle(Vector3.UnitX, (float)aboutUp)
        * Quaternion.CreateFromAxisAngle(Vector3.UnitY, (float)aboutForward)
        * Quaternion.CreateFromAxisAngle(Vector3.UnitZ, (float)aboutSide);
}
