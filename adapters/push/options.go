package push

import "time"

// Options says how [Run] takes messages. The zero Options understand [Any] message.
type Options struct {
	// Parse turns messages into notices. Nil means [Any]. If it panics, the message is
	// dropped.
	Parse Parser
	// Names returns the store's names for a name in a notice. If there is none, the
	// notice is dropped. Nil means the name itself, which is right for the providers of
	// this repository: the store knows their backends' own names, with folder, prefix
	// and document=. See [StripPrefix] and [AzureNames].
	Names func(name string) []string
	// Within is the time over which the instances of a fleet spread their reads of one
	// rotation. Zero means 10 seconds, and a negative Within means no spread. If N/500
	// seconds is more for N instances, use that: the backend then gets about 500 reads
	// a second.
	Within time.Duration
	// Observe is called at each event, from Run's goroutine. It must be quick. A panic
	// in it is ignored. Nil means no call.
	Observe func(Event)
}

const defaultWithin = 10 * time.Second

func (o Options) within() time.Duration {
	if o.Within == 0 {
		return defaultWithin
	}
	return max(o.Within, 0)
}

// span is the shortest time over which a sweep is spread. A sweep reads everything, so
// it gets ten times as long.
func (o Options) span() time.Duration { return max(10*o.within(), defaultWithin) }

// EventKind is the kind of an [Event].
type EventKind string

// These are the kinds of events.
const (
	// Received is a message.
	Received EventKind = "received"
	// Expected is a notice of a secret that the store uses. A read of the secret is
	// planned.
	Expected EventKind = "expected"
	// Unused is a notice that changes nothing: the store does not use the secret, or
	// already serves that version.
	Unused EventKind = "unused"
	// Irrelevant is a well-formed message that is not about a rotation.
	Irrelevant EventKind = "irrelevant"
	// Malformed is a message that no parser accepted.
	Malformed EventKind = "malformed"
	// Failed is a Receive that failed. Err says why.
	Failed EventKind = "failed"
	// Swept is a read of everything that the store uses, planned because messages may
	// have been lost.
	Swept EventKind = "swept"
)

// Event is one action of [Run]. From a message it has only the name of a secret that
// the store knows, because any other text of a message may be a value in the wrong
// place.
type Event struct {
	Kind EventKind
	// Name is the name of the secret, for Expected.
	Name string
	// Err is the error of the source, for Failed. Its text comes from the broker's
	// client.
	Err error
}

func (o Options) tell(e Event) {
	if o.Observe == nil {
		return
	}
	defer func() { _ = recover() }()
	o.Observe(e)
}
