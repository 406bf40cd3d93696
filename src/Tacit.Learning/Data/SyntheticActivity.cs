using Tacit.Cryptography.Randomness;
using Tacit.Learning.Kernels;
using Tacit.Learning.Models;

namespace Tacit.Learning.Data;

/// <summary>Made-up recordings of a phone worn at the waist, in the shape, units and class order of <see cref="HarWindows"/>.</summary>
/// <remarks>
/// Data to start with where none may be shipped. People differ in cadence, strength, gait shape, posture and in how the phone is mounted,
/// so a model has to carry over to people it has not seen; sitting and standing differ by little more than the trunk's tilt, as in real
/// recordings. Not a model of human motion: results on it say that the machinery works, not how good a method is.
/// </remarks>
public static class SyntheticActivity
{
    /// <summary>Generates windows of 9 channels × 128 samples at 50 Hz.</summary>
    /// <param name="persons">Positive; ids 1 to persons.</param>
    /// <param name="windowsPerPerson">Positive; divided over the six activities, in their order.</param>
    /// <param name="random">Each person draws 32 bytes, in turn: the first persons are the same however many follow.</param>
    /// <returns>Six classes; rows by person, activity, time. Windows do not overlap.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is not positive.</exception>
    public static Dataset Generate(int persons, int windowsPerPerson, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(persons);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowsPerPerson);
        InputShape shape = new(Activities.Channels, Activities.WindowSteps);
        int rows = persons * windowsPerPerson;
        float[] features = new float[rows * shape.Size];
        int[] labels = new int[rows], ids = new int[rows];
        for (int row = 0; row < rows; row += windowsPerPerson)
        {
            SyntheticPerson person = new(new StatisticalGenerator(random));
            for (int window = 0; window < windowsPerPerson; window++)
            {
                int activity = (int)((long)window * Activities.Names.Length / windowsPerPerson);
                person.Record(activity, features.AsSpan((row + window) * shape.Size, shape.Size));
                labels[row + window] = activity;
                ids[row + window] = row / windowsPerPerson + 1;
            }
        }
        return new Dataset(shape, features, labels, Activities.Names) { ParticipantIds = ids };
    }
}
