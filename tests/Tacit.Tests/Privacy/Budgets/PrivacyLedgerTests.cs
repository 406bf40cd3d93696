using System.Threading;
using System.Threading.Tasks;
using Tacit.Privacy.Accounting.Distributed;
using Tacit.Privacy.Accounting.Events;
using Tacit.Privacy.Budgets;
using Xunit;

namespace Tacit.Tests.Privacy.Budgets;

public sealed class PrivacyLedgerTests
{
    private static readonly PrivacyEvent step = new SelfComposedEvent(new PoissonSampledEvent(0.01, new GaussianEvent(1.1)), 100);
    private static readonly PrivacyCeiling ceiling = new(Epsilon: 3, Delta: 1e-5);

    [Fact]
    public void Charges_add_up_until_the_ceiling_and_not_past_it()
    {
        MemoryStore store = new();
        PrivacyLedger ledger = PrivacyLedger.Open(store);
        int charged = 0;
        try
        {
            for (; charged < 100_000; charged++) ledger.Spend(Charge(), ceiling);
        }
        catch (BudgetExceededException refused)
        {
            Assert.True(refused.Spent.Readers <= 3 && refused.After.Readers > 3);
        }

        Assert.InRange(charged, 10, 1000);
        Assert.Equal(charged, store.Lines.Count);
        Assert.InRange(ledger.Balance("ward-7", "example", 1e-5).Readers, 2.9, 3);
    }

    [Fact]
    public void Jobs_on_the_same_data_share_its_budget_and_other_data_has_its_own()
    {
        PrivacyLedger ledger = PrivacyLedger.Open(new MemoryStore());

        ledger.Spend(Charge(job: "first"), ceiling);
        double one = ledger.Balance("ward-7", "example", 1e-5).Readers;
        ledger.Spend(Charge(job: "second"), ceiling);

        Assert.True(ledger.Balance("ward-7", "example", 1e-5).Readers > one);
        Assert.Equal(0, ledger.Balance("ward-8", "example", 1e-5).Readers);
        Assert.Equal(2, ledger.Balance("ward-7", "example", 1e-5).Entries);
    }

    [Fact]
    public void Units_do_not_mix()
    {
        PrivacyLedger ledger = PrivacyLedger.Open(new MemoryStore());
        ledger.Spend(Charge(), ceiling);

        ledger.Spend(Charge() with { Unit = "participant" }, ceiling);

        Assert.Equal(1, ledger.Balance("ward-7", "participant", 1e-5).Entries);
        Assert.Equal(ledger.Balance("ward-7", "participant", 1e-5).Readers, ledger.Balance("ward-7", "example", 1e-5).Readers);
    }

    [Fact]
    public async Task Sixty_four_rounds_at_a_time_never_pass_the_ceiling()
    {
        MemoryStore store = new();
        PrivacyLedger ledger = PrivacyLedger.Open(store);
        PrivacyEvent large = new GaussianEvent(4);
        int granted = 0;

        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() =>
        {
            try
            {
                ledger.Spend(new LedgerCharge("ward-7", "example", $"job-{i}", 1, large, large), ceiling);
                Interlocked.Increment(ref granted);
            }
            catch (BudgetExceededException)
            {
                // the rest of them
            }
        })));

        Assert.Equal(granted, store.Lines.Count);
        Assert.InRange(granted, 1, 63);
        Assert.True(PrivacyLedger.Open(store).Balance("ward-7", "example", 1e-5).Readers <= 3);
    }

    [Fact]
    public void A_charge_that_could_not_be_written_is_not_granted_and_one_that_was_is_found_again()
    {
        MemoryStore store = new();
        PrivacyLedger ledger = PrivacyLedger.Open(store);
        ledger.Spend(Charge(), ceiling);

        store.FailsAfterWriting = true;
        Assert.Throws<InvalidOperationException>(() => ledger.Spend(Charge(), ceiling));

        // The crash came after the write: the budget counts it, although no noise was drawn. It costs budget, never privacy.
        Assert.Equal(2, PrivacyLedger.Open(store).Balance("ward-7", "example", 1e-5).Entries);
        store.FailsAfterWriting = false;
        ledger.Spend(Charge(), ceiling);   // the ledger that was not answered finds its line too
        Assert.Equal(3, PrivacyLedger.Open(store).Entries.Count);
        store.FailsBeforeWriting = true;
        PrivacyLedger again = PrivacyLedger.Open(store);
        Assert.Throws<InvalidOperationException>(() => again.Spend(Charge(), ceiling));
        Assert.Equal(3, again.Entries.Count);
        Assert.Equal(3, store.Lines.Count);
    }

    [Fact]
    public void Any_changed_removed_or_exchanged_line_is_found()
    {
        MemoryStore store = new();
        PrivacyLedger ledger = PrivacyLedger.Open(store);
        for (int i = 1; i <= 5; i++) ledger.Spend(Charge(round: i), ceiling);
        string[] lines = [.. store.Lines];

        for (int line = 0; line < lines.Length; line++)
        {
            for (int at = 0; at < lines[line].Length; at++)
            {
                string[] changed = [.. lines];
                char other = changed[line][at] == '0' ? '1' : '0';
                changed[line] = changed[line][..at] + other + changed[line][(at + 1)..];
                Assert.Equal(line + 1, Assert.Throws<LedgerCorruptException>(() => PrivacyLedger.Open(new MemoryStore(changed))).Line);
            }
        }

        Assert.Throws<LedgerCorruptException>(() => PrivacyLedger.Open(new MemoryStore([.. lines[1..]])));
        Assert.Throws<LedgerCorruptException>(() => PrivacyLedger.Open(new MemoryStore([lines[0], .. lines[2..]])));
        Assert.Throws<LedgerCorruptException>(() => PrivacyLedger.Open(new MemoryStore([lines[1], lines[0], .. lines[2..]])));
        Assert.Throws<LedgerCorruptException>(() => PrivacyLedger.Open(new MemoryStore([.. lines, lines[^1]])));
    }

    [Fact]
    public void Entries_cut_off_the_end_are_found_by_whoever_kept_the_head()
    {
        MemoryStore store = new();
        PrivacyLedger ledger = PrivacyLedger.Open(store);
        for (int i = 1; i <= 3; i++) ledger.Spend(Charge(round: i), ceiling);
        string head = ledger.Head;

        PrivacyLedger shorter = PrivacyLedger.Open(new MemoryStore([.. store.Lines.Take(2)]));

        Assert.NotEqual(head, shorter.Head);
    }

    [Theory]
    [InlineData("ward 7")]
    [InlineData("")]
    [InlineData("ward\n7")]
    public void A_name_that_would_break_a_line_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => PrivacyLedger.Open(new MemoryStore()).Spend(new LedgerCharge(name, "example", "job", 1, step, step), ceiling));

    [Fact]
    public void The_coordinator_has_a_ceiling_of_its_own() => Assert.Throws<BudgetExceededException>(() => PrivacyLedger.Open(new MemoryStore()).Spend(
        new LedgerCharge("ward-7", "example", "job", 1, new PoissonSampledEvent(0.01, new GaussianEvent(1)), new GaussianEvent(1)), ceiling with { CoordinatorEpsilon = 2 }));

    [Theory]
    [InlineData("gaussian(1.1)")]
    [InlineData("poisson(0.01,gaussian(1.1))")]
    [InlineData("repeat(100,poisson(0.01,gaussian(1.1)))")]
    [InlineData("ddg(0.3,0.0001,4096,0.6065306597126334,0.185,16)")]
    [InlineData("poisson(0.1,skellam(0.3,0.0001,4096,0,0.185,16))")]
    public void Events_are_read_as_they_were_written(string text)
    {
        Assert.True(EventText.TryRead(text, out PrivacyEvent? happened));
        Assert.Equal(text, EventText.Write(happened!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gaussian")]
    [InlineData("gaussian()")]
    [InlineData("gaussian(-1)")]
    [InlineData("gaussian(1e999)")]
    [InlineData("gaussian(1.10)")]
    [InlineData("poisson(2,gaussian(1))")]
    [InlineData("repeat(0,gaussian(1))")]
    [InlineData("ddg(1,2,3)")]
    [InlineData("laplace(1)")]
    [InlineData("repeat(1,repeat(1,repeat(1,repeat(1,repeat(1,gaussian(1))))))")]
    public void Anything_else_is_no_event(string text) => Assert.False(EventText.TryRead(text, out _));

    [Fact]
    public void An_event_that_nobody_can_be_charged_for_has_no_text() =>
        Assert.Throws<ArgumentException>(() => EventText.Write(new EpsilonDeltaEvent(1, 0.1)));

    [Fact]
    public void A_round_of_distributed_noise_costs_what_its_accountant_says()
    {
        DistributedDiscreteGaussianParameters parameters = new(Clip: 1, Granularity: 0.01, Dimension: 1024, Beta: 0.6065306597126334, Noise: 0.5, Shares: 10);
        PrivacyEvent round = new DistributedDiscreteGaussianEvent(parameters);
        PrivacyLedger ledger = PrivacyLedger.Open(new MemoryStore());

        ledger.Spend(new LedgerCharge("ward-7", "example", "job", 1, round, round), ceiling);

        Assert.InRange(ledger.Balance("ward-7", "example", 1e-5).Readers, 2.5, 2.873629168);   // the published figure is of whole orders
    }

    private static LedgerCharge Charge(string job = "job", int round = 1) => new("ward-7", "example", job, round, step, step);

    private sealed class MemoryStore(params string[] lines) : ILedgerStore
    {
        public List<string> Lines { get; } = [.. lines];

        public bool FailsBeforeWriting { get; set; }

        public bool FailsAfterWriting { get; set; }

        public IReadOnlyList<string> ReadAll() => Lines;

        public void Append(string line)
        {
            if (FailsBeforeWriting) throw new InvalidOperationException("the disk is full");
            Lines.Add(line);
            if (FailsAfterWriting) throw new InvalidOperationException("the power is gone");
        }
    }
}
