package session

import "github.com/secretmux/secretmux"

// Batch describes the batch call of a service.
type Batch struct {
	// Size is the largest number of names in a call.
	Size int
	// OneRefusesAll says that a call is refused as a whole if one of its names is
	// refused.
	OneRefusesAll bool
}

// Outcome is the result for one id in an answer to a batch.
type Outcome struct {
	Secret secretmux.Secret
	Err    error
}
