using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using Tacit.Aggregation.Failures;
using Tacit.Aggregation.Receipts;
using Tacit.Cli.Output;
using Tacit.Cli.Reports;
using Tacit.Cryptography.Signatures;
using Tacit.Storage.Files;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit verify</c>: a participant checks its receipts, offline.</summary>
internal static class VerifyVerb
{
    private static readonly Argument<string> path = new("RECEIPT") { Description = "A receipt, or the folder of all of one participant's receipts of a job: only those show what they add up to." };
    private static readonly Option<string?> key = Arguments.Text("--key", "The coordinator's public key, from another channel than the receipts.", "FILE");
    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("verify", "Checks signed receipts: who was in the sum, what it cost, and that nothing was altered or left out.") { path, key, json };
        command.SetAction(parsed => Run(parsed.GetValue(path)!, parsed.GetValue(key), parsed.GetValue(json)));
        return command.WithExamples(
            "tacit verify receipts/p1 --key receipts/coordinator.key",
            "tacit verify receipts/p1/round-3.json --key receipts/coordinator.key",
            "tacit verify receipts/p1 --json");
    }

    private static int Run(string place, string? keyFile, bool asJson)
    {
        using VerificationKey? pinned = keyFile is null ? null : ReceiptFiles.ReadKey(keyFile);
        bool isFolder = Directory.Exists(place);
        string folder = isFolder ? place : Path.GetDirectoryName(Path.GetFullPath(place))!;
        ReceiptEvidence evidence = new() { Key = pinned, Roster = round => ReceiptFiles.FindRoster(Path.GetDirectoryName(Path.GetFullPath(folder.TrimEnd('/', '\\')))!, round) };
        ImmutableArray<string> files = isFolder ? ReceiptFiles.List(place) : [place];
        (ImmutableArray<RoundReceipt> receipts, ReceiptFinding? unreadable) = Read(files, named: isFolder);
        ReceiptVerifier verifier = new(evidence);
        ReceiptFindings found = isFolder ? verifier.VerifyChain(receipts) : receipts.IsEmpty ? new ReceiptFindings([]) : verifier.Verify(receipts[0]);
        if (unreadable is not null) found = new ReceiptFindings([.. found.Findings, unreadable]);
        VerifyOutcome outcome = new(place, isFolder, receipts, found, pinned is not null);
        if (asJson) Json.Print(VerifyReport.ToJson(outcome));
        else VerifyReport.Print(outcome);
        return found.IsAccepted ? 0 : Failures.Report(new FailureException(FailureCodes.ReceiptInvalid, outcome.Message), json: false);
    }

    // Up to the first that cannot be read: nothing after it can be added up.
    private static (ImmutableArray<RoundReceipt> Receipts, ReceiptFinding? Problem) Read(ImmutableArray<string> files, bool named)
    {
        var receipts = ImmutableArray.CreateBuilder<RoundReceipt>();
        foreach ((int before, string file) in files.Index())
        {
            (RoundReceipt? receipt, ReceiptFinding? problem) = ReceiptFiles.ReadReceipt(file);
            if (receipt is not null && named && receipt.Round != ReceiptFiles.Number(file)) problem = new ReceiptFinding(0, "round", ReceiptVerdict.Wrong, $"it is {receipt.Round} in {Path.GetFileName(file)}");
            if (problem is not null) return (receipts.DrainToImmutable(), problem with { Index = before + 1, Detail = $"{problem.Detail} ({Path.GetFileName(file)})" });
            receipts.Add(receipt!);
        }

        return (receipts.DrainToImmutable(), null);
    }
}
