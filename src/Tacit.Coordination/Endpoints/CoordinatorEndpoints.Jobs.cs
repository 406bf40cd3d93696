using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Access;
using Tacit.Coordination.Jobs;
using Tacit.Federation.Sessions;
using Tacit.Learning.Models;
using Tacit.Privacy.Budgets;
using Tacit.Storage.Receipts;

namespace Tacit.Coordination.Endpoints;

/// <summary>Jobs and receipts.</summary>
internal sealed partial class CoordinatorEndpoints
{
    private const int DocumentLimitBytes = 1 << 20;

    // The document is what ReadJob reads: this library knows jobs, not files.
    private async Task SubmitAsync(HttpContext context)
    {
        if (options.ReadJob is not { } read) throw new FailureException(FailureCodes.NotAllowed, "this coordinator takes no jobs over HTTP: its program gives no reader for them");
        string document = Text(await Body(context, DocumentLimitBytes).BytesAsync());
        JobReport job = await jobs.SubmitAsync(read(document, true), context.Caller().Name, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = $"{Routes.Jobs}/{job.Id}";
        await Problems.WriteJsonAsync(context, CoordinatorViews.Job(job));
    }

    private Task JobAsync(HttpContext context) => Problems.WriteJsonAsync(context, CoordinatorViews.JobWithRounds(JobOf(context)));

    private async Task StopJobAsync(HttpContext context) => await Problems.WriteJsonAsync(context, CoordinatorViews.Job(await jobs.StopAsync(JobOf(context).Id, context.Caller().Name, context.RequestAborted)));

    private async Task ResumeJobAsync(HttpContext context) => await Problems.WriteJsonAsync(context, CoordinatorViews.Job(await jobs.ResumeAsync(JobOf(context).Id, context.Caller().Name, context.RequestAborted)));

    private async Task ModelAsync(HttpContext context)
    {
        string id = JobOf(context).Id;
        float[] model = await jobs.ModelAsync(id, context.RequestAborted) ?? throw new FailureException(FailureCodes.UnknownRound, "the job has released no model yet");
        byte[] file = Safetensors.Write(jobs.LayoutOf(id, model.Length), model, new Dictionary<string, string> { ["job"] = id });
        await state.NoteDownloadAsync(id, file, context.Caller().Name, context.RequestAborted);
        context.Response.ContentType = Binary;
        context.Response.ContentLength = file.Length;
        await context.Response.Body.WriteAsync(file, context.RequestAborted);
    }

    private async Task PlanAsync(HttpContext context)
    {
        string plan = await jobs.PlanAsync(JobOf(context).Id, context.RequestAborted) ?? throw new FailureException(FailureCodes.UnknownJob, "the job's plan is not known as text: participants need a copy of their own");
        context.Response.ContentType = "application/yaml; charset=utf-8";
        await context.Response.WriteAsync(plan, context.RequestAborted);
    }

    // A participant's own receipts of a job, above a round: a chain that it can verify offline. Waits until a round is over.
    private async Task ReceiptsAsync(HttpContext context, Member member)
    {
        string id = JobOf(context).Id;
        long after = Number(context, "after", "the last round whose receipt the participant has, or 0"), round = Number(context, "round", "the round to wait for");
        if (board.Find(round) is { } entry && !await PollAsync(context, member, () => (entry.Over.Task.IsCompleted, entry.Over.Task))) return;
        IReadOnlyList<ReceiptRecord> receipts = await state.Store.Receipts.ListAfterAsync(id, member.Name, after, context.RequestAborted);
        context.Response.ContentType = Binary;
        byte[] length = new byte[sizeof(int)];
        foreach (ReceiptRecord receipt in receipts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, receipt.Receipt.Length);
            await context.Response.Body.WriteAsync(length, context.RequestAborted);
            await context.Response.Body.WriteAsync(receipt.Receipt, context.RequestAborted);
        }
    }

    private static long Number(HttpContext context, string name, string meaning) =>
        long.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw new FailureException(FailureCodes.InvalidValue, $"{name} must be a whole number: {meaning}");

    private Task ReceiptKeyAsync(HttpContext context) => Problems.WriteJsonAsync(context, new ReceiptKeyAnswer(Convert.ToHexStringLower(state.ReceiptKey.VerificationKey.Point.Encoded)));

    private JobReport JobOf(HttpContext context)
    {
        string id = (string)context.Request.RouteValues["job"]!;
        return jobs.Find(id) ?? throw new FailureException(FailureCodes.UnknownJob, $"there is no job {(LedgerEntry.IsName(id) ? id : "of this id")}");
    }

    private static string Text(byte[] body)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw new FailureException(FailureCodes.MalformedMessage, "the body must be UTF-8");
        }
    }
}
