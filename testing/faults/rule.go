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
	// Latency is how long the call waits before anything else happens. If its ctx ends
	// during the wait, the call fails with ctx's error. Zero and negative mean no wait.
	Latency time.Duration
	// Hang makes the call wait until its ctx ends. Err and Secret have no effect then.
	// If the ctx never ends, the call hangs for ever.
	Hang bool
	// Err makes the call fail. One of the Err variables of secretmux, or
	// errors.ErrUnsupported, becomes a *secretmux.Error of that class. Any other error
	// is returned unchanged. Nil means that the call does not fail.
	Err error
	// Secret is the answer, unless it is the zero Secret or Err is set. Then the provider
	// is not called. Use it for a rotation, a roll-back, or a replica that lags behind. It
	// is the answer for every version of an OpGetVersion. OpList, OpDescribe and OpCheck
	// ignore it.
	Secret secretmux.Secret
}

// Rule says which calls run through which steps. The zero Rule hits nothing.
type Rule struct {
	// Names are the secrets that the rule hits. Empty means all secrets, and the calls of
	// List and Check too. Rules with names come before rules without names.
	Names []string
	// Ops are the kinds of calls that the rule hits. Empty means all kinds.
	Ops []Op
	// Steps say what happens to the first call that the rule hits, to the second call, and
	// so on. The calls for all names of the rule are counted together. After the last step
	// the rule hits no more calls, and later rules decide.
	Steps []Step
	// Repeat means that the first step follows the last one again, for ever. Use it for a
	// backend that flaps.
	Repeat bool
	// Rate is the share of calls that the rule hits, between 0 and 1. The other calls use
	// up no step, and later rules decide about them. The choice depends only on the seed,
	// the place of the rule, the name and the number of earlier calls for that name. Zero
	// means all calls, like 1. [Injector.Inject] panics if Rate is negative or over 1.
	Rate float64
}

// Always is the Rule that applies step to each call. Without names it hits all calls.
func Always(step Step, names ...string) Rule {
	return Rule{Names: slices.Clone(names), Steps: []Step{step}, Repeat: true}
}

// Sequence is the Rule that applies one of steps to each call, in order. It does not hit
// the calls after the last step. Set its Names to hit only some secrets.
func Sequence(steps ...Step) Rule { return Rule{Steps: slices.Clone(steps)} }
