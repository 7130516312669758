package session

import "github.com/secretmux/secretmux"

// Batch describes the batch call of a service.
type Batch struct {
	// Size is the most that a call takes.
	Size int
	// OneRefusesAll says that a call is refused as a whole when one of its names is.
	OneRefusesAll bool
}

// Outcome is what an answer to a batch says of one id.
type Outcome struct {
	Secret secretmux.Secret
	Err    error
}
