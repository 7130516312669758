package push

import "time"

// Options says how [Run] takes messages. The zero Options understand [Any] message.
type Options struct {
	// Parse turns messages into notices. Nil is [Any]. A panic in it drops the message.
	Parse Parser
	// Names gives the store's names for a name in a notice; none drops the notice. Nil
	// takes the name as it is, which is right for the providers of this repository:
	// the store knows what their backends call a secret, folder, prefix and document=
	// included. See [StripPrefix] and [AzureNames].
	Names func(name string) []string
	// Within is the time over which the instances of a fleet spread their reads of one
	// rotation. Zero means 10 seconds, negative none. For N instances take N/500
	// seconds where that is more, and the backend sees about 500 reads a second.
	Within time.Duration
	// Observe is called at each event, from Run's goroutine. It must be quick. A panic
	// in it is ignored. Nil costs nothing.
	Observe func(Event)
}

const defaultWithin = 10 * time.Second

func (o Options) within() time.Duration {
	if o.Within == 0 {
		return defaultWithin
	}
	return max(o.Within, 0)
}

// span is the least time over which a sweep is spread: it reads everything, so it has
// ten times as long.
func (o Options) span() time.Duration { return max(10*o.within(), defaultWithin) }

// EventKind says what an [Event] is about.
type EventKind string

// The kinds of events.
const (
	// Received is a message.
	Received EventKind = "received"
	// Expected is a notice of a secret that the store uses; a read of it is planned.
	Expected EventKind = "expected"
	// Unused is a notice that changes nothing: nobody uses the secret, or that version
	// is served already.
	Unused EventKind = "unused"
	// Irrelevant is a message that is well formed and not about a rotation.
	Irrelevant EventKind = "irrelevant"
	// Malformed is a message that no parser took.
	Malformed EventKind = "malformed"
	// Failed is a Receive that failed; Err says why.
	Failed EventKind = "failed"
	// Swept is a read of everything that the store uses, planned because messages may
	// have been lost.
	Swept EventKind = "swept"
)

// Event is something that [Run] did. It holds nothing of a message but the name of a
// secret that the store knows: any other text of a message may be a value in the wrong
// place.
type Event struct {
	Kind EventKind
	// Name is the secret's, for Expected.
	Name string
	// Err is what the source returned, for Failed. It is the broker client's own text.
	Err error
}

func (o Options) tell(e Event) {
	if o.Observe == nil {
		return
	}
	defer func() { _ = recover() }()
	o.Observe(e)
}
