# Creates leads with the client that OpenAPI Generator makes for Ruby, and prints what it reads.

require 'json'
require 'uri'
$LOAD_PATH.unshift File.join(__dir__, 'ruby', 'lib')
require 'openapi_client'
include OpenapiClient

URL, KEY = ARGV

def api(key)
  configuration = Configuration.new
  configuration.scheme = 'http'
  configuration.host = URI(URL).then { |url| "#{url.host}:#{url.port}" }
  configuration.server_index = nil
  configuration.api_key['X-API-Key'] = key
  LeadsApi.new(ApiClient.new(configuration))
end

# Its errors hold the body as it came.
def refusal(key, leads, model)
  api(key).create_leads(leads)
  raise 'it was not refused'
rescue ApiError => e
  [e.code, model.build_from_hash(JSON.parse(e.response_body, symbolize_names: true))]
end

company = Lead.new(company: 'Open AI', labels: ['fair'], employee_count: 50, email: nil,
                   date: DateTime.new(2026, 11, 23, 8))
leads = [
  company,
  Lead.new(contact_person: [Contact.new(name: 'Ada', email: 'ada@example.com')]),
  Lead.new(contact_person: 'Charles Babbage', contacts: [Contact.new(name: 'Grace', last_name: nil)])
]
# The setters check lengths themselves.
too_long = Lead.new
too_long.instance_variable_set(:@email, 'x' * 125)

prefer = 'return=representation'
stored = api(KEY).create_leads(leads)
created = api(KEY).create_leads(leads, prefer: prefer, idempotency_key: 'of-ruby')
tried = api(KEY).create_leads(leads, prefer: prefer, dry_run: true)
bad_status, bad = refusal(KEY, [company, too_long], RefusedLeads)
refused_status, refused = refusal('cdz_wrong', leads, Refused)
puts JSON.generate(
  stored: [stored.succeeded, stored.message, stored.data.nil?],
  ids: created.data.leads.map(&:id),
  tried: tried.data.leads.map(&:id),
  bad: [bad_status, bad.succeeded, bad.errors[0].index, bad.errors[0].pointer],
  refused: [refused_status, refused.succeeded, refused.message]
)
