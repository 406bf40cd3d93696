using System.Collections.Immutable;
using Tacit.Aggregation.Failures;
using Tacit.Learning.Jobs;
using Tacit.Learning.Models;
using Xunit;

namespace Tacit.Tests.Learning.Jobs;

public sealed class ModelPlanReaderTests
{
    [Fact]
    public void Blocks_of_a_convolution_are_read()
    {
        ModelSpecification model = Read(
            ("kind", Value("conv2d")), ("activation", Value("tanh")), ("image", List(Value("1"), Value("28"), Value("28"))),
            ("blocks", List(
                Mapping(("filters", Value("16")), ("kernel", Value("8")), ("stride", Value("2")), ("padding", Value("3")), ("pool", Value("2")), ("pool-stride", Value("1"))),
                Mapping(("filters", Value("32")), ("kernel", Value("4")), ("stride", Value("2")), ("pool", Value("2")), ("pool-stride", Value("1"))))));

        Assert.Equal<ConvolutionBlock>([.. ModelSpecification.MnistBlocks], [.. model.Blocks]);
        Assert.Equal(("tanh", 3, 32), (model.Activation, model.Image.Length, model.Hidden[0]));
        Assert.Equal(
            Network.Create(new ModelSpecification { Kind = "mnist" }, InputShape.Image(1, 28, 28), 10).Layout,
            Network.Create(model, InputShape.Vector(784), 10).Layout);
    }

    [Fact]
    public void A_wrong_value_in_a_block_is_named() => Given.Failure(FailureCodes.InvalidValue,
        () => Read(("kind", Value("conv2d")), ("blocks", List(Mapping(("filters", Value("0")))))), "model.blocks[0].filters");

    [Fact]
    public void An_unknown_key_in_a_block_is_named() => Given.Failure(FailureCodes.UnknownKey,
        () => Read(("kind", Value("conv2d")), ("blocks", List(Mapping(("filters", Value("4")), ("strid", Value("2")))))), "model.blocks[0].strid", "stride");

    [Fact]
    public void Blocks_that_are_no_mappings_are_refused() => Given.Failure(FailureCodes.InvalidValue,
        () => Read(("kind", Value("conv2d")), ("blocks", List(Value("4")))), "model.blocks[0]");

    private static ModelSpecification Read(params (string Key, PlanNode Node)[] entries) =>
        ModelPlanReader.Read(new PlanSection("plan.yaml", "model", Mapping(entries)));

    private static PlanMapping Mapping(params (string Key, PlanNode Node)[] entries) =>
        new(entries.ToImmutableDictionary(entry => entry.Key, entry => entry.Node), 1);

    private static PlanSequence List(params PlanNode[] items) => new([.. items], 1);

    private static PlanScalar Value(string text) => new(text, 1);
}
