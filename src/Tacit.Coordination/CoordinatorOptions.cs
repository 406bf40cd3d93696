using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tacit.Aggregation.Failures;
using Tacit.Coordination.Certificates;
using Tacit.Coordination.Hosting;
using Tacit.Coordination.Jobs;
using Tacit.Privacy.Budgets;
using Tacit.Storage;

namespace Tacit.Coordination;

/// <summary>How a coordinator listens and how patient it is.</summary>
public sealed class CoordinatorOptions
{
    /// <summary>Where it listens.</summary>
    /// <value>Loopback: nothing outside this host reaches it.</value>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The port; 0 takes a free one.</summary>
    /// <value>0.</value>
    public int Port { get; set; }

    /// <summary>The server's certificate with its private key. With it: TLS, HTTP/2 and HTTP/1.1. Without it: HTTP/1.1 in the clear, for loopback alone.</summary>
    /// <value>None.</value>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Whether the coordinator has an authority of its own that signs its certificates, kept in <see cref="DataDirectory"/>. Participants pin the authority, so certificates are renewed while it runs. Not with <see cref="Certificate"/>.</summary>
    /// <value>No.</value>
    public bool OwnAuthority { get; set; }

    /// <summary>Names and addresses in the certificates of the own authority, besides those of loopback.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> HostNames { get; set; } = [];

    /// <summary>How long a certificate of the own authority is good; it is renewed when two thirds are over.</summary>
    /// <value>30 days.</value>
    public TimeSpan CertificateLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether participants show certificates of the coordinator's own authority. Needs TLS.</summary>
    /// <value>They do not.</value>
    public ClientCertificateMode ClientCertificates { get; set; }

    /// <summary>Whether everybody who knows the join secret takes part, without an invitation and without approval: for participants that the coordinator's own host starts.</summary>
    /// <value>No.</value>
    public bool OpenEnrolment { get; set; }

    /// <summary>Requests without a valid identity that an address may send in a minute before it is told to wait; 0 counts nothing.</summary>
    /// <value>100.</value>
    public int FailuresPerMinute { get; set; } = 100;

    /// <summary>How long a request for offers or envelopes is held open while there are none.</summary>
    /// <value>20 s.</value>
    public TimeSpan LongPoll { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long participants have to compute their update and say that it is ready.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a round waits in each phase.</summary>
    /// <value>60 s.</value>
    public TimeSpan PhaseTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a body may bring nothing at all before its sender is refused.</summary>
    /// <value>5 s.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes a second, on average since the first, that a body has to bring after <see cref="IdleTimeout"/>; slower senders are refused.</summary>
    /// <value>1024.</value>
    public double LeastBytesPerSecond { get; set; } = 1024;

    /// <summary>Says where log events go. Without it they are kept nowhere but for <c>tacit logs</c>.</summary>
    /// <value>Nowhere.</value>
    public Action<ILoggingBuilder>? Logging { get; set; }

    /// <summary>What else this process serves.</summary>
    /// <value>Nothing.</value>
    public IList<ICoordinatorExtension> Extensions { get; } = [];

    /// <summary>A participant that asked for nothing for so long counts as gone.</summary>
    /// <value>60 s; longer than <see cref="LongPoll"/>.</value>
    public TimeSpan PresenceTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a participant's token is good for.</summary>
    /// <value>12 hours.</value>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>The most participants that may join.</summary>
    /// <value>10,000.</value>
    public int MostParticipants { get; set; } = 10_000;

    /// <summary>Rounds in a row that may fail before a job gives up.</summary>
    /// <value>5.</value>
    public int MostFailures { get; set; } = 5;

    /// <summary>How long a job waits for enough participants; null waits for ever.</summary>
    /// <value>For ever.</value>
    public TimeSpan? JoinTimeout { get; set; }

    /// <summary>Where the coordinator keeps its database and its keys; made if it is not there. Null keeps nothing: all is gone when the process ends.</summary>
    /// <value>None.</value>
    public string? DataDirectory { get; set; }

    /// <summary>A PostgreSQL connection string instead of the file in <see cref="DataDirectory"/>, which is still needed for keys. A secret: never printed.</summary>
    /// <value>None.</value>
    public string? Database { get; set; }

    /// <summary>What all jobs together may cost the population; null leaves that to each plan and to the participants.</summary>
    /// <value>None.</value>
    public PrivacyCeiling? PopulationCeiling { get; set; }

    /// <summary>Reads a job from its <see cref="FederatedJob.Document"/>, for jobs that a restart goes on with; and one that came over HTTP, where the second argument is true. Throws a <see cref="FailureException"/> for a document that is none.</summary>
    /// <value>None: jobs come from this process alone and end with it.</value>
    public Func<string, bool, FederatedJob>? ReadJob { get; set; }

    /// <summary>How many more participants than a cohort needs are asked, as a fraction: the first that are ready take part, so that slow ones hold nobody up.</summary>
    /// <value>0.2; nobody more than there are.</value>
    public double OverSelection { get; set; } = 0.2;

    /// <summary>How long the first round after a restart waits for everybody before it goes on with those that are back.</summary>
    /// <value>15 s.</value>
    public TimeSpan RejoinGrace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Opens the store in another way; tests let it fail at a chosen point.</summary>
    internal Func<CancellationToken, Task<ICoordinatorStore>>? OpenStore { get; set; }

    /// <summary>The data set that the coordinator's ledger charges: everybody's.</summary>
    internal const string Population = "population";

    internal void Validate()
    {
        if (Database is { } connection) DevelopmentPassword.ThrowIfUsed(connection);
        if (Port is < 0 or > 65535) throw new ArgumentOutOfRangeException(nameof(Port), Port, "The port must be 0 to 65535.");
        if (Certificate is null && !OwnAuthority && !IPAddress.IsLoopback(Address)) throw new InvalidOperationException($"Address is {Address} and there is no certificate: without TLS only loopback is listened on.");
        if (Certificate is not null && OwnAuthority) throw new InvalidOperationException("Certificate is given, so OwnAuthority must be false.");
        if (ClientCertificates != ClientCertificateMode.None && Certificate is null && !OwnAuthority) throw new InvalidOperationException("ClientCertificates need TLS: set OwnAuthority or Certificate.");
        if (CertificateLifetime < TimeSpan.FromMinutes(1) || FailuresPerMinute < 0) throw new InvalidOperationException("CertificateLifetime must be a minute at least, and FailuresPerMinute not negative.");
        if (Database is not null && DataDirectory is null) throw new InvalidOperationException("Database is given and DataDirectory is not: keys need a folder.");
        if (!(OverSelection is >= 0 and <= 10)) throw new ArgumentOutOfRangeException(nameof(OverSelection), OverSelection, "It must be 0 to 10.");
        if (LongPoll <= TimeSpan.Zero || PresenceTimeout <= LongPoll) throw new InvalidOperationException("PresenceTimeout must be longer than LongPoll, and LongPoll positive.");
        if (AnswerTimeout <= TimeSpan.Zero || PhaseTimeout <= TimeSpan.Zero || IdleTimeout <= TimeSpan.Zero) throw new InvalidOperationException("Timeouts must be positive.");
    }
}
