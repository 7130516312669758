package faults

import (
	"slices"
	"time"

	"github.com/secretmux/secretmux"
)

// Op is a kind of call.
type Op string

// The calls that faults can hit. A batch is an OpGet; Close is never hit.
const (
	OpGet        Op = "get"
	OpGetVersion Op = "get version"
	OpList       Op = "list"
	OpDescribe   Op = "describe"
	OpCheck      Op = "check"
)

// Step is what happens to one call. The zero Step lets it through.
type Step struct {
	// Latency passes before anything else. A ctx that ends meanwhile ends the
	// call. Zero and negative mean none.
	Latency time.Duration
	// Hang lets the call go on until its ctx ends. Err and Secret don't matter
	// then. A ctx without an end hangs for good.
	Hang bool
	// Err fails the call. One of the Err variables of secretmux, or
	// errors.ErrUnsupported, becomes a *secretmux.Error of that class; any other
	// error is returned as it is. Nil does not fail it.
	Err error
	// Secret, unless zero, is the answer, and the provider is not asked: a
	// rotation, a roll-back, a replica that lags behind. It answers for every
	// version that OpGetVersion asks for. OpList, OpDescribe and
	// OpCheck ignore it.
	Secret secretmux.Secret
}

// Rule says which calls run through which steps. The zero Rule hits nothing.
type Rule struct {
	// Names are the secrets that the rule hits. Empty means all of them, and List
	// and Check too. Rules with names come before rules without.
	Names []string
	// Ops are the kinds of calls that the rule hits. Empty means all.
	Ops []Op
	// Steps are what happens to the first call that the rule hits, the second and
	// so on, counted over all names of the rule. After the last step the rule is
	// used up, and later rules have their turn.
	Steps []Step
	// Repeat starts again with the first step after the last one, for ever: a
	// backend that flaps.
	Repeat bool
	// Rate is the share of calls that the rule hits, between 0 and 1; the others
	// are passed to later rules and use up no step. Which ones depends on the
	// seed, the rule's place, the name and how many calls for that name there
	// were, and on nothing else. Zero means all, as 1 does. Others are ErrInvalid.
	Rate float64
}

// Always is the Rule by which each call runs through step. Without names it hits
// all calls.
func Always(step Step, names ...string) Rule {
	return Rule{Names: slices.Clone(names), Steps: []Step{step}, Repeat: true}
}

// Sequence is the Rule by which calls run through steps, one each, and then
// through none. Set its Names to hit only some secrets.
func Sequence(steps ...Step) Rule { return Rule{Steps: slices.Clone(steps)} }
