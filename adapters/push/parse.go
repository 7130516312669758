package push

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/secretmux/secretmux"
)

// Parser turns a message into notices. None and no error mean that the message is well
// formed and not about a rotation, such as a broker's test message. Its errors must
// quote nothing of the message.
//
// [JSON], [AWS], [GCP] and [Azure] are parsers, and [Any] tries them all. They ignore
// fields that they don't know, take at most 256 KiB, and their errors are ErrInvalid.
type Parser func(Message) ([]Notice, error)

// maxBody is what EventBridge and its like send at most.
const maxBody = 256 << 10

// errForeign is the error for a message that has another shape than the parser's.
var errForeign = malformed("the message has none of the shapes that are known")

// Any recognises a message of [JSON], [AWS], [GCP] or [Azure] by its shape. A body in
// base64, as Azure's Storage queues have it, and an envelope of SNS are opened first. A
// message that has none of these shapes is ErrInvalid.
func Any(m Message) ([]Notice, error) {
	if notices, err := GCP(m); !errors.Is(err, errForeign) {
		return notices, err
	}
	if len(m.Body) > maxBody {
		return nil, malformed("the message is longer than 256 KiB")
	}
	m.Body = unwrapSNS(decodeBase64(m.Body))
	for _, parse := range []Parser{JSON, AWS, Azure} {
		if notices, err := parse(m); !errors.Is(err, errForeign) {
			return notices, err
		}
	}
	return nil, errForeign
}

// malformed is the error for a message that is dropped. What json says of it may quote it.
func malformed(problem string) error {
	return secretmux.Invalid("parse message", problem, "see the shapes in the documentation of package push")
}

// decode reads JSON that a stranger sent.
func decode(body []byte, into any) error {
	if len(body) > maxBody {
		return malformed("the message is longer than 256 KiB")
	}
	if json.Unmarshal(body, into) != nil {
		return errForeign
	}
	return nil
}

// decodeBase64 opens a body in base64; anything else stays as it is.
func decodeBase64(body []byte) []byte {
	text := bytes.TrimSpace(body)
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		return body
	}
	plain, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return body
	}
	return plain
}

// unwrapSNS takes the message out of the envelope that SNS puts around it, unless raw
// delivery is on.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
func unwrapSNS(body []byte) []byte {
	var envelope struct{ Type, Message string }
	if json.Unmarshal(body, &envelope) != nil || envelope.Type != "Notification" || envelope.Message == "" {
		return body
	}
	return []byte(envelope.Message)
}
