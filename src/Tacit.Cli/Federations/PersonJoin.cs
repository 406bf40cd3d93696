using System.IO;
using Tacit.Participation;
using Tacit.Participation.Enrolment;

namespace Tacit.Cli.Federations;

/// <summary>An invitation without data: somebody who looks on or operates. Waits for approval and writes the connection with a token for the other verbs.</summary>
internal static class PersonJoin
{
    public static async Task RunAsync(ParticipantFolder own, JoinReport report, CancellationToken stopping)
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
                Waiting = () => report.Waits(own),
            },
            TimeProvider.System,
            stopping);
        new ConnectionFile(own.Coordinator, own.CertificateHash, enrolled.Client.Token).Write(own.Folder);
        report.Approved(own, Path.Combine(own.Folder, ConnectionFile.Name));
    }
}
