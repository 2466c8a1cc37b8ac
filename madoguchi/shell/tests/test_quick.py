def test_pages(client, db):
    for path, status in [("/corner/", 200), ("/en/corner/", 200), ("/nowhere/", 404), ("/en/nowhere/", 404)]:
        response = client.get(path)
        assert response.status_code == status
        print(response.content.decode())
