<?php
// Creates leads with the client that OpenAPI Generator makes for PHP, and prints what it reads.

use OpenAPI\Client\Api\LeadsApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\Contact;
use OpenAPI\Client\Model\Lead;

require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $name = str_replace('\\', '/', str_replace('OpenAPI\\Client\\', '', $class));
    if (is_file(__DIR__ . "/php/lib/$name.php")) {
        require __DIR__ . "/php/lib/$name.php";
    }
});

[, $url, $key] = $argv;

function api(string $key): LeadsApi
{
    global $url;
    return new LeadsApi(null, (new Configuration())->setHost($url)->setApiKey('X-API-Key', $key));
}

function refusal(string $key, array $leads): ApiException
{
    try {
        api($key)->createLeads($leads);
    } catch (ApiException $error) {
        return $error;
    }
    throw new Exception('it was not refused');
}

// The setters check lengths themselves.
class TooLongLead extends Lead
{
    public function __construct()
    {
        parent::__construct();
        $this->container['email'] = str_repeat('x', 125);
    }
}

$company = new Lead([
    'company' => 'Open AI', 'labels' => ['fair'], 'employee_count' => 50, 'email' => null,
    'date' => new DateTime('2026-11-23T08:00:00Z'),
]);
$leads = [
    $company,
    new Lead(['contact_person' => [new Contact(['name' => 'Ada', 'email' => 'ada@example.com'])]]),
    new Lead([
        'contact_person' => 'Charles Babbage',
        'contacts' => [new Contact(['name' => 'Grace', 'last_name' => null])],
    ]),
];
$stored = api($key)->createLeads($leads);
$created = api($key)->createLeads($leads, null, 'of-php', 'return=representation');
$tried = api($key)->createLeads($leads, true, null, 'return=representation');
$bad = refusal($key, [$company, new TooLongLead()]);
$problems = $bad->getResponseObject();
$refused = refusal('cdz_wrong', $leads);
echo json_encode([
    'stored' => [$stored->getSucceeded(), $stored->getMessage(), $stored->getData() === null],
    'ids' => array_map(fn ($lead) => $lead->getId(), $created->getData()->getLeads()),
    'tried' => array_map(fn ($lead) => $lead->getId(), $tried->getData()->getLeads()),
    'bad' => [
        $bad->getCode(), $problems->getSucceeded(),
        $problems->getErrors()[0]->getIndex(), $problems->getErrors()[0]->getPointer(),
    ],
    'refused' => [
        $refused->getCode(), $refused->getResponseObject()->getSucceeded(), $refused->getResponseObject()->getMessage(),
    ],
]);
