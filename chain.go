package secretmux

import "errors"

// Chain is an overlay: the first of its links that has a secret answers. It goes
// on to the next link only after ErrNotFound, or after a class that the link
// names with [ContinueOn] or on=. A link that is denied, disabled, throttled or
// unreachable stops it: a revoked role must not turn into last year's value from
// a weaker source. A link that only= keeps from being asked is passed over.
//
// When all links are passed, the error is ErrNotFound if each said so, and else
// of the class of the first that did not. With more than one link it wraps a
// *[FallbackError] that tells each link's outcome. A Chain remembers nothing
// between calls. It is safe for concurrent use if its links are.
type Chain struct{ composition }

// NewChain returns a Chain of p in order. No links, and a nil one, are
// ErrInvalid. Each link gets 10 seconds for a call unless it was opened with
// another timeout=.
func NewChain(p ...Provider) (*Chain, error) {
	c, err := compose("new chain", rule{
		separator: ",", overlay: true,
		passes: func(class error) bool { return errors.Is(class, ErrNotFound) },
	}, p)
	if err != nil {
		return nil, err
	}
	return &Chain{c}, nil
}

// Replicas is the same data in several places: the first replica that can be
// reached answers. It goes on to the next only after ErrUnavailable or
// ErrThrottled, or after a class that the replica names with [ContinueOn] or on=.
// An absent secret is absent in all of them; a denied one is denied. A replica
// that only= keeps from being asked is passed over.
//
// When no replica could be reached, the error is of the class of the first
// failure and, with more than one replica, wraps a *[FallbackError]. Replicas
// remember nothing between calls and are safe for concurrent use if their links
// are.
type Replicas struct{ composition }

// NewReplicas returns Replicas of p in order of preference. No replicas, and a
// nil one, are ErrInvalid. Each replica gets 10 seconds for a call unless it was
// opened with another timeout=.
func NewReplicas(p ...Provider) (*Replicas, error) {
	c, err := compose("new replicas", rule{
		separator: "|",
		passes: func(class error) bool {
			return errors.Is(class, ErrUnavailable) || errors.Is(class, ErrThrottled)
		},
	}, p)
	if err != nil {
		return nil, err
	}
	return &Replicas{c}, nil
}

var (
	_ node = (*Chain)(nil)
	_ node = (*Replicas)(nil)
)
