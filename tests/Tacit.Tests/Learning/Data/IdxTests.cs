using Tacit.Aggregation.Failures;
using Tacit.Learning.Data;
using Xunit;
using Xunit.Abstractions;

namespace Tacit.Tests.Learning.Data;

public sealed class IdxTests(ITestOutputHelper output)
{
    private static readonly byte[] Images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 102];
    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 9, 3];

    [Fact]
    public void Images_and_labels_become_a_data_set()
    {
        Dataset data = Idx.Read(Images, Labels, "digits");

        Assert.Equal([0, 1, 0.2f, 0.4f], data.Features);
        Assert.Equal([9, 3], data.Labels);
        Assert.Equal(2, data.InputShape.Size);
    }

    [Fact]
    public void The_real_test_images_have_the_published_counts()
    {
        if (SharedData.Find("images", output) is not { } lookup) return;

        Dataset data = Idx.Read(lookup("mnist-t10k-images-idx3-ubyte")!.Value.Span, lookup("mnist-t10k-labels-idx1-ubyte")!.Value.Span, "t10k");

        Assert.Equal(784, data.InputShape.Size);
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], data.CountByClass());
    }

    [Fact]
    public void Exchanged_files_are_refused() => Given.Failure(FailureCodes.UnsupportedVersion, () =>
        Idx.Read(Labels, Images, "digits"), "0x00000801");

    [Fact]
    public void Trailing_bytes_are_refused() => Given.Failure(FailureCodes.MalformedFile, () => Idx.Read([.. Images, 0], Labels, "digits"));

    [Fact]
    public void Huge_dimensions_are_refused() =>
        Given.Failure(FailureCodes.MalformedFile, () =>
            Idx.Read([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0], Labels, "digits"));

    [Fact]
    public void Another_number_of_labels_is_refused() =>
        Given.Failure(FailureCodes.ShapeMismatch, () => Idx.Read(Images, [0, 0, 8, 1, 0, 0, 0, 1, 9], "digits"));

    [Fact]
    public void A_label_above_nine_is_refused() =>
        Given.Failure(FailureCodes.InvalidLabel, () => Idx.Read(Images, [0, 0, 8, 1, 0, 0, 0, 2, 9, 10], "digits"), "10");

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int length = 0; length < Images.Length; length++) Assert.Throws<FailureException>(() =>
            Idx.Read(Images.AsSpan(0, length), Labels, "digits"));
        for (int length = 0; length < Labels.Length; length++) Assert.Throws<FailureException>(() =>
            Idx.Read(Images, Labels.AsSpan(0, length), "digits"));
    }
}
