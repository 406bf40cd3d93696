using Tacit.Cryptography.Signatures;

namespace Tacit.Participation;

/// <summary>How a participant reaches its coordinator. Holds secrets: not a record, never printed.</summary>
public sealed class ParticipantOptions
{
    /// <summary>The coordinator.</summary>
    public required Uri Coordinator { get; init; }

    /// <summary>What the participant calls itself: 1 to 100 letters, digits, dots, dashes and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>The secret to join with, from the coordinator's operator.</summary>
    public required string JoinToken { get; init; }

    /// <summary>The identity; null makes one that lives as long as the client.</summary>
    /// <value>A new one. A key that is given stays the caller's.</value>
    public SigningKey? Identity { get; init; }

    /// <summary>What the participant agrees to.</summary>
    /// <value>The strict one, see <see cref="ParticipantPolicy"/>.</value>
    public ParticipantPolicy Policy { get; init; } = new();

    /// <summary>SHA-256 of the coordinator's certificate, or of the authority that signs it, 64 hexadecimal digits; null trusts the authorities of this machine.</summary>
    /// <value>None.</value>
    public string? CertificateHash { get; init; }

    /// <summary>Where the participant keeps what it must not forget: rounds it began, its ledger, its receipts. One client at a time. Null keeps them as long as the client lives.</summary>
    /// <value>None.</value>
    public string? DataDirectory { get; init; }

    /// <summary>What its data is called in its ledger; 1 to 100 letters, digits, dots, dashes or underscores.</summary>
    /// <value>local.</value>
    public string DataSet { get; init; } = "local";

    /// <summary>For trials alone: the probability that this participant, before each phase, falls silent for the rest of the round.</summary>
    /// <value>0.</value>
    public double SimulatedLoss { get; init; }

    /// <summary>How long to try again when the coordinator does not answer.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the coordinator may take to begin its answer, from the last envelope of an upload that went out.</summary>
    /// <value>2 minutes: longer than it keeps a request for an offer.</value>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer may pause between two pieces before the coordinator counts as gone.</summary>
    /// <value>30 s.</value>
    public TimeSpan AnswerPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the participant shows that it is still there while it computes.</summary>
    /// <value>5 s.</value>
    public TimeSpan PresenceInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told once that the coordinator's owner has to compare words and approve.</summary>
    /// <value>Nobody.</value>
    public Action? Waiting { get; init; }

    /// <summary>Where time comes from.</summary>
    /// <value>The system's clock.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} at {Coordinator}";
}
