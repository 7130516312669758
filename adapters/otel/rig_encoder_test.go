package otelsecret_test

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// encoder writes attributes as key=value, without the escapes of the SDK's own.
type encoder struct{}

func (encoder) ID() attribute.EncoderID { return attribute.EncoderID{} }

func (encoder) Encode(i attribute.Iterator) string {
	var all []string
	for i.Next() {
		a := i.Attribute()
		key := strings.TrimPrefix(strings.TrimPrefix(string(a.Key), "secretmux."), "secret.")
		all = append(all, key+"="+a.Value.String())
	}
	return strings.Join(all, ",")
}
