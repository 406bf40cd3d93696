using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Certificates;
using Tacit.Storage.Audit;

namespace Tacit.Coordination.Hosting;

/// <summary>One thing that has to hold for a coordinator to serve.</summary>
/// <param name="Name">What is looked at: store, certificate, audit.</param>
/// <param name="Holds">Whether it is as it has to be.</param>
/// <param name="Detail">What was found, for operators.</param>
internal sealed record HealthCheck(string Name, bool Holds, string Detail);

/// <summary>Looks whether the coordinator can serve: its database answers, its certificate is good, its audit log was whole when it started. Thread-safe.</summary>
internal sealed partial class HealthProbe(CoordinatorState state, CoordinatorCertificates certificates, TimeProvider clock, ILogger<HealthProbe> log) : BackgroundService
{
    private static readonly TimeSpan kept = TimeSpan.FromSeconds(1), patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim turn = new(1);
    private AuditVerification? audit;
    private string? unread;
    private (long At, ImmutableArray<HealthCheck> Checks)? last;

    /// <summary>All checks. Asking often costs the database nothing: an answer is good for a second.</summary>
    public async Task<ImmutableArray<HealthCheck>> CheckAsync(CancellationToken stopping)
    {
        await turn.WaitAsync(stopping);
        try
        {
            if (last is { } before && clock.GetElapsedTime(before.At) < kept) return before.Checks;
            ImmutableArray<HealthCheck> checks = [await StoreAsync(stopping), Certificate(), Audit()];
            foreach (HealthCheck broken in checks.Where(check => !check.Holds)) LogBroken(broken.Name, broken.Detail);
            last = (clock.GetTimestamp(), checks);
            return checks;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            audit = await state.Store.Audit.VerifyAsync(stoppingToken);
            if (!audit.IsWhole) LogAudit(audit.Broken ?? 0, audit.Problem);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            unread = Said(problem);   // whatever it is: a log that cannot be read is not whole, and no reason to end the program
        }
    }

    private async Task<HealthCheck> StoreAsync(CancellationToken stopping)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timer.CancelAfter(patience);
        long start = clock.GetTimestamp();
        try
        {
            long newest = await state.Store.ProbeAsync(timer.Token);
            if (newest != state.Epoch) return new HealthCheck("store", false, FormattableString.Invariant($"{FailureCodes.StorageTakenOver}: claimed with epoch {newest}; this coordinator has {state.Epoch} and cannot write any more"));
            return new HealthCheck("store", true, FormattableString.Invariant($"answered after {clock.GetElapsedTime(start).TotalMilliseconds:F0} ms, epoch {state.Epoch}"));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new HealthCheck("store", false, FormattableString.Invariant($"no answer within {patience.TotalSeconds:F0} s"));
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return new HealthCheck("store", false, Said(problem));
        }
    }

    private static string Said(Exception problem) => problem is FailureException failure ? $"{failure.Code}: {failure.Message}" : $"{problem.GetType().Name}: {problem.Message.ReplaceLineEndings(" ")}";

    private HealthCheck Certificate()
    {
        if (certificates.Ends is not { } until) return new HealthCheck("certificate", true, "none: listens on loopback in the clear");
        return new HealthCheck("certificate", clock.GetUtcNow() < until, FormattableString.Invariant($"good until {until.UtcDateTime:u}"));
    }

    private HealthCheck Audit() => (audit, unread) switch
    {
        (_, { } problem) => new HealthCheck("audit", false, problem),
        ({ IsWhole: false } broken, _) => new HealthCheck("audit", false, $"row {broken.Broken}: {broken.Problem}"),
        ({ } whole, _) => new HealthCheck("audit", true, FormattableString.Invariant($"{whole.Rows} rows were whole at the start")),
        _ => new HealthCheck("audit", true, "is being looked at"),
    };

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "Not ready: {Name}: {Detail}")]
    private partial void LogBroken(string name, string detail);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Critical, Message = "The audit log was changed at row {Row}: {Problem}")]
    private partial void LogAudit(long row, string problem);
}
