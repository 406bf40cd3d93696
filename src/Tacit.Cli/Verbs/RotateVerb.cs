using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tacit.Aggregation.Failures;
using Tacit.Cli.Output;
using Tacit.Participation;
using Tacit.Participation.Enrolment;

namespace Tacit.Cli.Verbs;

/// <summary><c>tacit rotate</c>: a participant's new identity key, signed by the old one.</summary>
internal static class RotateVerb
{
    private static readonly Option<string?> folder = Arguments.Text("--data-dir", $"The participant's folder; {JoinVerb.DefaultFolder} if not given.", "DIR");

    private static readonly Option<bool> json = Arguments.Json();

    public static Command Create()
    {
        Command command = new("rotate", "Replaces a participant's identity key: old and new both sign, and the old one is never accepted again.") { folder, json };
        command.SetAction(RunAsync);
        return command.WithExamples("tacit rotate --data-dir tacit-participant", "tacit rotate --data-dir tacit-participant --json");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stopping)
    {
        var own = ParticipantFolder.Open(parsed.GetValue(folder) ?? JoinVerb.DefaultFolder);
        // Without the folder's ledger: a tacit join that runs has it open, notices and goes on with the new key.
        await using EnrolledClient enrolled = await EnrolledClient.ConnectAsync(
            own,
            key => new ParticipantOptions { Coordinator = own.Coordinator, Name = own.Name, JoinToken = own.JoinToken, CertificateHash = own.CertificateHash, Identity = key, ReconnectFor = TimeSpan.FromSeconds(30), Waiting = () => throw new FailureException(FailureCodes.NotAllowed, $"{own.Name} waits for approval; a key can be replaced once the coordinator's owner has approved it") },
            TimeProvider.System,
            stopping);
        await enrolled.RotateAsync(stopping);
        if (parsed.GetValue(json)) Json.Print(new JsonObject { ["name"] = own.Name, ["rotated"] = true, ["at"] = own.KeyMade.ToString("O", CultureInfo.InvariantCulture) });
        else Console.Out.WriteLine($"{own.Name} has a new key");
        return 0;
    }
}
