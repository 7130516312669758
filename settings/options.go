package settings

import (
	"net/url"
	"reflect"

	"github.com/go-playground/validator/v10"

	"github.com/secretmux/secretmux"
)

// Options are the options of [Load] and [Watch]. The zero Options are ready for use.
type Options struct {
	// AllowPlaceholders accepts values such as changeme, <nil> or an unresolved
	// op://vault/item. Without it, such a value is an ErrPlaceholder. For one field, the
	// tag placeholder:"allow" does the same.
	AllowPlaceholders bool
	// Validator checks the validate tags, with the rules that a program added to it.
	// Make it with [NewValidator], and add all rules before the first use. Nil means
	// the package's own validator, with the standard rules.
	Validator *validator.Validate
	// OnError is called each time a reload of [Watch] has failed. It is also called when
	// a secret of the struct can't be refreshed or was revoked. It is not called again for
	// this secret until the secret can be refreshed again, or fails with another class. Its
	// argument is an error that [Live.Err] reports from then on. Several goroutines may
	// call it at a time. It may use the Live. Nil means no call. Load does not use it.
	OnError func(error)
}

// NewValidator returns a validator for Options.Validator. It takes a secretmux.Secret and
// a url.URL as their text, so that rules such as min=12 and http_url apply to them. It also
// checks the rule required on a nested struct.
//
// The rules that a program adds get the values, even those of secrets. A rule only returns
// a bool. If a rule panics, the report does not have the value of the panic.
func NewValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterCustomTypeFunc(func(field reflect.Value) any {
		if secret, ok := field.Interface().(secretmux.Secret); ok {
			return secret.Reveal()
		}
		return nil
	}, secretmux.Secret{})
	v.RegisterCustomTypeFunc(func(field reflect.Value) any {
		if u, ok := field.Interface().(url.URL); ok {
			return u.String()
		}
		return nil
	}, url.URL{})
	return v
}

func (o Options) validator(p *plan) *validator.Validate {
	if o.Validator == nil {
		return p.validator()
	}
	return o.Validator
}
