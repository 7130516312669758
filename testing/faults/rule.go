package faults

import (
	"slices"
	"time"

	"github.com/secretmux/secretmux"
)

// Op is a kind of call.
type Op string

// These are the calls that faults can hit. A batch is an OpGet. Close is never hit.
const (
	OpGet        Op = "get"
	OpGetVersion Op = "get version"
	OpList       Op = "list"
	OpDescribe   Op = "describe"
	OpCheck      Op = "check"
)

// Step says what happens to one call. The zero Step changes nothing.
type Step struct {
	// Latency passes before anything else. A ctx that ends during it ends the call.
	// Zero and negative mean none.
	Latency time.Duration
	// Hang makes the call wait until its ctx ends. Err and Secret have no effect
	// then. With a ctx without an end, the call hangs for ever.
	Hang bool
	// Err fails the call. One of the Err variables of secretmux, or
	// errors.ErrUnsupported, becomes a *secretmux.Error of that class; any other
	// error is returned unchanged. With nil the call does not fail.
	Err error
	// Secret, unless zero, is the answer, and the provider is not called. It plays a
	// rotation, a roll-back, or a replica that lags behind. It is the answer for
	// every version of an OpGetVersion. OpList, OpDescribe and OpCheck ignore it.
	Secret secretmux.Secret
}

// Rule says which calls run through which steps. The zero Rule hits nothing.
type Rule struct {
	// Names are the secrets that the rule hits. Empty means all of them, and List
	// and Check too. Rules with names come before rules without.
	Names []string
	// Ops are the kinds of calls that the rule hits. Empty means all.
	Ops []Op
	// Steps say what happens to the first call that the rule hits, to the second, and
	// so on, counted over all names of the rule. After the last step the rule is used
	// up, and later rules decide.
	Steps []Step
	// Repeat starts again with the first step after the last one, for ever. It plays
	// a backend that flaps.
	Repeat bool
	// Rate is the share of calls that the rule hits, between 0 and 1; the other calls
	// are passed to later rules and use up no step. The choice depends only on the
	// seed, the rule's place, the name and the number of earlier calls for that name.
	// Zero means all calls, like 1. A Rate outside of 0 to 1 is ErrInvalid.
	Rate float64
}

// Always is the Rule that applies step to each call. Without names it hits all calls.
func Always(step Step, names ...string) Rule {
	return Rule{Names: slices.Clone(names), Steps: []Step{step}, Repeat: true}
}

// Sequence is the Rule that applies one step to each call, in order, and then
// nothing. Set its Names to hit only some secrets.
func Sequence(steps ...Step) Rule { return Rule{Steps: slices.Clone(steps)} }
