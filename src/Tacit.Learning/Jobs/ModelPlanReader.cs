using Tacit.Learning.Models;

namespace Tacit.Learning.Jobs;

/// <summary>Reads the <c>model</c> section of a plan.</summary>
internal static class ModelPlanReader
{
    private static readonly (string Name, string[] Kinds)[] ofKinds =
    [
        ("activation", ["mlp", "conv1d", "conv2d", "mnist"]),
        ("filters", ["conv1d"]),
        ("kernel", ["conv1d"]),
        ("pool", ["conv1d"]),
        ("dropout", ["conv1d"]),
        ("image", ["conv2d", "mnist"]),
        ("blocks", ["conv2d", "mnist"]),
    ];

    public static ModelSpecification Read(PlanSection section)
    {
        ModelSpecification model = new() { Kind = section.Choice("kind", section.RequiredText("kind"), ModelSpecification.Kinds) };
        ModelSpecification read = model with
        {
            Filters = section.Integer("filters", model.Filters, 1, 4096),
            Kernel = section.Integer("kernel", model.Kernel, 1, 4096),
            Pool = section.Integer("pool", model.Pool, 1, 4096),
            Dropout = section.Number("dropout", model.Dropout, x => x is >= 0 and < 1, "in [0, 1)"),
            Activation = section.Choice("activation", model.Activation, ModelSpecification.ActivationNames),
            Loss = section.Choice("loss", model.Loss, ModelSpecification.LossNames),
        };
        if (section.Has("hidden")) read = read with { Hidden = section.Integers("hidden", 1) };
        if (section.Has("image")) read = read with { Image = section.Integers("image", 1) };
        if (section.Has("blocks")) read = read with { Blocks = [.. section.Sections("blocks").Select(ReadBlock)] };
        section.Without($"model.kind is {model.Kind}", ofKinds.Where(key => !key.Kinds.Contains(model.Kind)).Select(key => key.Name));
        section.Finish();
        return read;
    }

    private static ConvolutionBlock ReadBlock(PlanSection section)
    {
        ConvolutionBlock block = new() { Filters = section.RequiredInteger("filters", 1, 4096) };
        ConvolutionBlock read = block with
        {
            Kernel = section.Integer("kernel", block.Kernel, 1, 4096),
            Stride = section.Integer("stride", block.Stride, 1, 4096),
            Padding = section.Integer("padding", block.Padding, 0, 4095),
            Pool = section.Integer("pool", block.Pool, 1, 4096),
            PoolStride = section.Integer("pool-stride", block.PoolStride, 1, 4096),
        };
        section.Finish();
        return read;
    }
}
