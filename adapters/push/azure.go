package push

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

// Azure reads Microsoft.KeyVault.SecretNewVersionCreated of Event Grid, one event or an
// array of them, in its own schema or as CloudEvents, and in base64 as in a Storage queue.
// Key Vault does not tell upper from lower case, so a name with capitals gives two notices.
// It sends nothing when a secret is disabled or deleted: the TTL finds that.
// https://learn.microsoft.com/en-us/azure/event-grid/event-schema-key-vault
func Azure(m Message) ([]Notice, error) {
	events, err := azureEvents(decodeBase64(m.Body))
	if err != nil {
		return nil, err
	}
	var notices []Notice
	for _, e := range events {
		if e.kind() != "Microsoft.KeyVault.SecretNewVersionCreated" {
			continue
		}
		n, err := e.notice()
		if err != nil {
			return nil, err
		}
		notices = append(notices, n)
		if lower := strings.ToLower(n.Name); lower != n.Name {
			notices = append(notices, Notice{Name: lower, Version: n.Version, Time: n.Time})
		}
	}
	if len(notices) == 0 {
		return nil, nil
	}
	return checked(notices...)
}

// azureEvent has the fields of both schemas.
type azureEvent struct {
	EventType, Type string
	EventTime, Time string
	Data            json.RawMessage
}

func azureEvents(body []byte) ([]azureEvent, error) {
	var events []azureEvent
	if body = bytes.TrimSpace(body); len(body) == 0 || body[0] != '[' {
		events = make([]azureEvent, 1)
		if err := decode(body, &events[0]); err != nil {
			return nil, err
		}
	} else if err := decode(body, &events); err != nil {
		return nil, err
	}
	for _, e := range events {
		if strings.HasPrefix(e.kind(), "Microsoft.") {
			return events, nil
		}
	}
	return nil, errForeign
}

func (e *azureEvent) kind() string {
	if e.EventType != "" {
		return e.EventType
	}
	return e.Type
}

// notice takes name and version from the id, which is a URL: the fields for them are
// written in several ways, with spaces in them too.
func (e *azureEvent) notice() (Notice, error) {
	var data struct{ ID string }
	if json.Unmarshal(e.Data, &data) != nil {
		return Notice{}, malformed("the event's data is not an object with the secret's id")
	}
	u, err := url.Parse(data.ID)
	if err != nil {
		return Notice{}, malformed("the secret's id is not a URL")
	}
	rest, ok := strings.CutPrefix(u.Path, "/secrets/")
	name, version, _ := strings.Cut(rest, "/")
	if !ok || name == "" || strings.Contains(version, "/") {
		return Notice{}, malformed("the secret's id is not https://VAULT/secrets/NAME/VERSION")
	}
	at := e.EventTime
	if at == "" {
		at = e.Time
	}
	return Notice{Name: name, Version: version, Time: parseTime(at)}, nil
}
