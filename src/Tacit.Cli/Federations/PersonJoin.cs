using System.IO;
using Tacit.Participation;
using Tacit.Participation.Enrolment;

namespace Tacit.Cli.Federations;

/// <summary>An invitation without data: somebody who looks on or operates. Waits for approval and writes the connection with a token for the other verbs.</summary>
internal static class PersonJoin
{
    public static async Task RunAsync(ParticipantFolder own, CancellationToken stopping)
    {
        await using EnrolledClient enrolled = await EnrolledClient.ConnectAsync(
            own,
            key => new ParticipantOptions
            {
                Coordinator = own.Coordinator,
                Name = own.Name,
                JoinToken = own.JoinToken,
                CertificateHash = own.CertificateHash,
                Identity = key,
                Waiting = () => JoinLoop.ShowWords(own),
            },
            TimeProvider.System,
            stopping);
        new ConnectionFile(own.Coordinator, own.CertificateHash, enrolled.Client.Token).Write(own.Folder);
        Console.Error.WriteLine($"join: {own.Name} is approved; {Path.Combine(own.Folder, ConnectionFile.Name)} holds a token for the other verbs (--data-dir {own.Folder}). When it is over, run tacit join --data-dir {own.Folder} again");
    }
}
