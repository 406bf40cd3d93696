using Tacit.Privacy.Accounting;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Xunit;

namespace Tacit.Tests.Privacy.Budgets;

public sealed class EventTextTests
{
    private static readonly DistributedDiscreteGaussianEvent updates = new(new DistributedDiscreteGaussianParameters(1, 0.001, 1024, 0.5, 0.2, 30));

    public static TheoryData<PrivacyEvent, string> Events => new()
    {
        { new ZeroConcentratedEvent(0.125), "zcdp(0.125)" },
        { new EpsilonDeltaEvent(0.5, 0), "pure(0.5)" },
        { new SelfComposedEvent(new JointEvent(new ZeroConcentratedEvent(0.125), new DiscreteLaplaceEvent(0.25, 2)), 3), "repeat(3,joint(zcdp(0.125),dlaplace(0.25,2)))" },
        { new JointEvent(updates, new GaussianEvent(9.5)), "joint(ddg(1,0.001,1024,0.5,0.2,30),gaussian(9.5))" },
        { new PoissonSampledEvent(0.5, new JointEvent(updates, new GaussianEvent(9.5))), "poisson(0.5,joint(ddg(1,0.001,1024,0.5,0.2,30),gaussian(9.5)))" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_reads_back_as_it_was_written(PrivacyEvent happened, string text)
    {
        Assert.Equal(text, EventText.Write(happened));
        Assert.True(EventText.TryRead(text, out PrivacyEvent? read));
        Assert.Equal(happened, read);
    }

    [Theory]
    [InlineData("zcdp(0)")]
    [InlineData("zcdp(-1)")]
    [InlineData("zcdp(1,2)")]
    [InlineData("zcdp()")]
    [InlineData("pure(0)")]
    [InlineData("pure(1,1e-5)")]
    [InlineData("dlaplace(1)")]
    [InlineData("dlaplace(1,0)")]
    [InlineData("dlaplace(-1,1)")]
    [InlineData("joint(gaussian(1))")]
    [InlineData("joint(gaussian(1),)")]
    [InlineData("joint(,gaussian(1))")]
    [InlineData("joint(gaussian(1),gaussian(1)")]
    [InlineData("joint(gaussian(1)),gaussian(1))")]
    [InlineData("joint(gaussian(1),gaussian(1),gaussian(1))")]
    public void Anything_else_is_no_event(string text) => Assert.False(EventText.TryRead(text, out _));

    [Fact]
    public void Joint_events_cost_the_sum_and_can_be_sampled()
    {
        JointEvent joint = new(new GaussianEvent(2), new GaussianEvent(3));
        double z = 1 / Math.Sqrt((1 / 4.0) + (1 / 9.0));

        Assert.Equal(Epsilon(new GaussianEvent(z)), Epsilon(joint), 1e-12);
        Assert.Equal(Epsilon(new PoissonSampledEvent(0.1, new GaussianEvent(z))), Epsilon(new PoissonSampledEvent(0.1, joint)), 0.01);
        Assert.True(Epsilon(new PoissonSampledEvent(0.1, joint)) < Epsilon(joint) / 2);

        RenyiAccountant replacing = new(NeighboringRelation.ReplaceOne);
        Assert.False(replacing.TryCompose(new JointEvent(updates, new GaussianEvent(9.5)), 1, out _));
    }

    private static double Epsilon(PrivacyEvent happened)
    {
        RenyiAccountant accountant = new(NeighboringRelation.AddOrRemoveOne);
        accountant.Compose(happened, 10);
        return accountant.Epsilon(1e-5);
    }
}
