using System.Collections.Immutable;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tacit.Aggregation.Failures;
using Tacit.Cryptography.Signatures;
using Tacit.Federation.Identities;
using Tacit.Federation.Sessions;
using Tacit.Storage.Files;

namespace Tacit.Participation.Enrolment;

/// <summary>
/// Where a participant keeps who it is: <c>identity.key</c> (its secret key), <c>enrolment.json</c> (coordinator, name, the invitation's secret, the pinned certificate) and, while a key is
/// being replaced, <c>identity.key.next</c>. All with mode 0600; wider ones are refused.
/// </summary>
/// <remarks>Not thread-safe. Holds a secret: never printed.</remarks>
public sealed class ParticipantFolder
{
    private const string KeyName = "identity.key", NextName = "identity.key.next", EnrolmentName = "enrolment.json", PlansName = "plans";
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { WriteIndented = true, AllowDuplicateProperties = false, RespectNullableAnnotations = true };

    private readonly string folder;
    private Content content;

    private ParticipantFolder(string folder, Content content) => (this.folder, this.content) = (folder, content);

    /// <summary>The folder itself.</summary>
    public string Folder => folder;

    /// <summary>The coordinator.</summary>
    public Uri Coordinator => content.Coordinator;

    /// <summary>What the participant is called there.</summary>
    public string Name => content.Name;

    /// <summary>SHA-256 of the coordinator's authority or certificate; null without TLS.</summary>
    public string? CertificateHash => content.Certificate;

    /// <summary>What the participant shows before it has a token.</summary>
    public string JoinToken => $"invite.{content.Secret}";

    /// <summary>Where the examples are, as given at the first time; null if none were.</summary>
    public string? Data => content.Data;

    /// <summary>Where the policy is, as given at the first time; null if none was.</summary>
    public string? Policy => content.Policy;

    /// <summary>When the present key was made.</summary>
    public DateTimeOffset KeyMade => content.KeyMade;

    /// <summary>Whether a key was being replaced when the process ended.</summary>
    public bool IsRotating => File.Exists(Path.Combine(folder, NextName));

    /// <summary>Whether a folder belongs to an enrolment.</summary>
    /// <param name="folder">Any path.</param>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, EnrolmentName));

    /// <summary>Starts an enrolment, or goes on with the same one.</summary>
    /// <param name="folder">Made with mode 0700 if it is not there.</param>
    /// <param name="invite">The invitation.</param>
    /// <param name="data">Where the examples are, or null.</param>
    /// <param name="policy">Where the policy is, or null.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="FailureException">INVALID_VALUE: the folder is another enrolment's.</exception>
    public static ParticipantFolder Create(string folder, Invite invite, string? data, string? policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invite);
        PrivateFolder.Create(folder);
        string secret = Base64Text.Of(invite.Secret);
        if (Exists(folder))
        {
            ParticipantFolder known = Open(folder);
            if (known.Name != invite.Name || known.Coordinator != invite.Coordinator || known.content.Secret != secret) throw new FailureException(FailureCodes.InvalidValue, $"--data-dir is {folder}, which belongs to {known.Name} at {known.Coordinator}; name another folder for another invitation");
            return known;
        }

        ParticipantFolder made = new(folder, new Content(invite.Coordinator, invite.Name, secret, invite.CertificateHash, data, policy, now));
        made.OpenIdentity().Dispose();   // the key first: an enrolment without one cannot be
        made.Save();
        return made;
    }

    /// <summary>Opens an enrolment.</summary>
    /// <param name="folder">Made by <see cref="Create"/>.</param>
    /// <exception cref="FailureException">FILE_NOT_FOUND, KEY_FILE_PERMISSIONS or MALFORMED_FILE.</exception>
    public static ParticipantFolder Open(string folder)
    {
        string path = Path.Combine(folder, EnrolmentName);
        if (!File.Exists(path)) throw new FailureException(FailureCodes.FileNotFound, $"{folder} holds no enrolment; join with an invitation first");
        PrivateFolder.ThrowIfShared(path);
        try
        {
            return new ParticipantFolder(folder, JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), json) is { Coordinator: not null, Name: not null, Secret: not null } read ? read : throw new JsonException("null"));
        }
        catch (JsonException problem)
        {
            throw new FailureException(FailureCodes.MalformedFile, $"{EnrolmentName} is not an enrolment; restore a backup, or join again with a new invitation", problem);
        }
    }

    /// <summary>Reads the present key, made at the first time.</summary>
    /// <exception cref="FailureException">KEY_FILE_PERMISSIONS or MALFORMED_FILE.</exception>
    public SigningKey OpenIdentity() => PrivateFolder.OpenKey(Path.Combine(folder, KeyName));

    /// <summary>The words to compare with the coordinator's owner.</summary>
    public ImmutableArray<string> Words()
    {
        using SigningKey key = OpenIdentity();
        if (!Base64Text.TryRead(content.Secret, Invite.SecretBytes, out byte[] secret)) throw new FailureException(FailureCodes.MalformedFile, $"{EnrolmentName} holds no secret of an invitation");
        return ComparisonWords.Of(Name, Invite.HashOf(secret), key.VerificationKey.Point.Encoded, CertificateHash);
    }

    /// <summary>Makes the next key and writes it down, before anybody is told of it; or the one that was being put in place.</summary>
    public SigningKey NextIdentity() => PrivateFolder.OpenKey(Path.Combine(folder, NextName));

    /// <summary>The coordinator has accepted the next key: it is the present one from now on.</summary>
    /// <param name="now">The time.</param>
    public void EndRotation(DateTimeOffset now)
    {
        File.Move(Path.Combine(folder, NextName), Path.Combine(folder, KeyName), overwrite: true);
        content = content with { KeyMade = now };
        Save();
    }

    /// <summary>Remembers where examples and policy are.</summary>
    /// <param name="data">A path, or null to keep what is known.</param>
    /// <param name="policy">A path, or null to keep what is known.</param>
    public void Remember(string? data, string? policy)
    {
        content = content with { Data = data ?? content.Data, Policy = policy ?? content.Policy };
        Save();
    }

    /// <summary>Keeps the plan of a job as it was first seen, and refuses another one: a coordinator that changes a plan starts another job.</summary>
    /// <param name="job">1 to 100 letters, digits, dots, dashes or underscores.</param>
    /// <param name="plan">YAML.</param>
    /// <exception cref="FailureException">TERMS_REFUSED.</exception>
    public void PinPlan(string job, string plan)
    {
        if (!Privacy.Budgets.LedgerEntry.IsName(job)) throw new FailureException(FailureCodes.TermsRefused, "the job's name is none: it must be 1 to 100 letters, digits, dots, dashes or underscores");
        string path = Path.Combine(folder, PlansName, "job-" + job + ".yaml");
        byte[] bytes = Encoding.UTF8.GetBytes(plan);
        if (!File.Exists(path))
        {
            PrivateFolder.Create(Path.Combine(folder, PlansName));
            PrivateFolder.Write(path, bytes);
        }
        else if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(File.ReadAllBytes(path)), SHA256.HashData(bytes)))
        {
            throw new FailureException(FailureCodes.TermsRefused, $"plan of job {job} is another one than at first sight; the policy allows one plan a job");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} at {Coordinator}";

    private void Save() => PrivateFolder.Write(Path.Combine(folder, EnrolmentName), JsonSerializer.SerializeToUtf8Bytes(content, json));

    private sealed record Content(Uri Coordinator, string Name, string Secret, string? Certificate, string? Data, string? Policy, DateTimeOffset KeyMade)
    {
        public override string ToString() => "<redacted>";
    }
}
