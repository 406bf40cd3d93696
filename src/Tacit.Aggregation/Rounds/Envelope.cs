namespace Tacit.Aggregation.Rounds;

/// <summary>An addressed protocol message: transports route it and never open it.</summary>
/// <param name="Round">The round it belongs to.</param>
/// <param name="Phase">The phase it belongs to.</param>
/// <param name="From">The sender, as authenticated by the transport.</param>
/// <param name="To">The recipient.</param>
/// <param name="Payload">The protocol's bytes.</param>
public sealed record Envelope(RoundId Round, Phase Phase, PartyId From, PartyId To, ReadOnlyMemory<byte> Payload);
