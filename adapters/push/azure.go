package push

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

// Azure reads Microsoft.KeyVault.SecretNewVersionCreated of Event Grid, one event or an
// array of events. They may have its own schema or the schema of CloudEvents, and may
// be in base64, like in a Storage queue. Key Vault ignores upper and lower case, so a
// name with capitals gives two notices. Key Vault sends nothing when a secret is
// disabled or deleted. The store finds that when the TTL ends.
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

// notice takes name and version from the id, which is a URL. The fields for them have
// several spellings, even with spaces.
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
