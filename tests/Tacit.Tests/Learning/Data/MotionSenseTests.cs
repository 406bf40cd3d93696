using System.Globalization;
using System.Text;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Xunit;

namespace Tacit.Tests.Learning.Data;

public sealed class MotionSenseTests
{
    private const string Header = ",attitude.roll,attitude.pitch,attitude.yaw,gravity.x,gravity.y,gravity.z,rotationRate.x,rotationRate.y,rotationRate.z,"
        + "userAcceleration.x,userAcceleration.y,userAcceleration.z";

    [Fact]
    public void Recordings_become_half_overlapping_windows()
    {
        Dataset data = Read(("wlk_7/sub_3.csv", Recording(256)), ("std_14/sub_24.csv", Recording(130)), ("jog_9/sub_1.csv", Recording(127)));

        Assert.Equal([2, 2, 2, 5], data.Labels);
        Assert.Equal([3, 3, 3, 24], data.ParticipantIds!);
        Assert.Equal("wlk", data.ClassNames[2]);
        Assert.Equal(64, data.Row(1)[0]);                       // userAcceleration.x counts the samples
        Assert.Equal(0.5f, data.Row(0)[4 * 128]);               // rotationRate.y
        Assert.Equal(64 + 0.25f, data.Row(1)[6 * 128]);         // plus gravity.x
    }

    [Fact]
    public void The_folder_of_the_archive_may_be_there() =>
        Assert.Equal(1, Read(("A_DeviceMotion_data/dws_1/sub_1.csv", Recording(128))).Rows);

    [Fact]
    public void No_file_at_all_names_what_was_looked_for() =>
        Given.Failure(FailureCodes.MissingField, () => MotionSense.Read(_ => null), "dws_1/sub_1.csv");

    [Fact]
    public void Recordings_that_are_all_too_short_are_refused() =>
        Given.Failure(FailureCodes.EmptyData, () => Read(("dws_1/sub_1.csv", Recording(127))), "128");

    [Fact]
    public void A_missing_column_is_named() =>
        Given.Failure(FailureCodes.MissingField, () => Read(("dws_1/sub_1.csv", "a,b\n1,2\n")), "userAcceleration.x", "dws_1/sub_1.csv");

    private static Dataset Read(params (string Path, string Text)[] files) => MotionSense.Read(path =>
    {
        string? text = files.FirstOrDefault(file => file.Path == path).Text;
        return text is null ? null : Encoding.UTF8.GetBytes(text);
    });

    private static string Recording(int samples)
    {
        StringBuilder text = new(Header + "\n");
        for (int i = 0; i < samples; i++) text.Append(CultureInfo.InvariantCulture, $"{i},9,9,9,0.25,0,0,0,0.5,0,{i},0,0\n");
        return text.ToString();
    }
}
